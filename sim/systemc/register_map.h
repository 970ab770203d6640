/**
 * @file register_map.h
 * What an initiator sees of a bo_accelerator: byte offsets from its base. For C and C++, without
 * SystemC, so that drivers can share it.
 *
 * The accelerator multiplies: for each of M places and N outputs
 *
 *   sums[m][n] = sum over k of (act[m][k] - ACT_ZERO) * (w'[k][n] - weight_zero[n])    int32, wraps
 *
 * w' being the code as it is read from the weight SRAM, faults included. To run: write weights,
 * activations, zero points and the layer registers, START, wait for irq, read the sums.
 *
 * Access rules, and the TLM response if they are broken:
 *
 *   a register     4 bytes at a multiple of 4; CYCLES also 8 bytes at its offset
 *   a window       whole elements at a multiple of their size, as many as lie in the window
 *   address error  beyond registers and windows, or not at such a multiple
 *   burst error    0 bytes, part of an element, more than one register, beyond the end of the
 *                  window, or a streaming width below the length
 *   byte enable error    any byte enable
 *   command error  a write to what is read-only, a read of what is write-only
 *   generic error  while BUSY: a write to a layer register or to a window
 *
 * Words are in the byte order of the host, as TLM-2.0 has it. An access takes one clock period per
 * 8 bytes or part of them; what it does is done when it is called, so an initiator that runs ahead
 * of time synchronises before START. Nothing has changed after an error. Debug transport reads
 * registers and windows, and writes windows unless BUSY: any bytes, as many as lie in the window.
 */
#ifndef BO_SYSTEMC_REGISTER_MAP_H
#define BO_SYSTEMC_REGISTER_MAP_H

/** Registers of 32 bits. RO, WO, RW; 0 after reset if nothing else is said. */
enum {
  BO_REG_ID = 0x000,         /**< RO, BO_ID_VALUE */
  BO_REG_VERSION = 0x004,    /**< RO, BO_VERSION_VALUE: of this map */
  BO_REG_CONTROL = 0x008,    /**< WO, BO_CONTROL_* */
  BO_REG_STATUS = 0x00c,     /**< RO, BO_STATUS_* */
  BO_REG_ERROR = 0x010,      /**< RO, BO_ERROR_*: why the last START did not start */
  BO_REG_IRQ_ENABLE = 0x014, /**< RW, bit 0: irq is DONE or ERROR; else irq is low */
  BO_REG_IRQ_CLEAR = 0x018,  /**< WO, bit 0: clears DONE and ERROR, with them irq */
  BO_REG_CYCLES = 0x020, /**< RO, 64 bits: clock edges of the last run, to the last column's last
                              sum, in use or not; counts up while BUSY */

  /* The layer. Any value can be written; START checks them. */
  BO_REG_K = 0x040,             /**< RW, inputs, at least 1 */
  BO_REG_N = 0x044,             /**< RW, outputs, 1 … OUTPUTS */
  BO_REG_M = 0x048,             /**< RW, places, at least 1 */
  BO_REG_BITS = 0x04c,          /**< RW, of a weight code, 1 … 8 */
  BO_REG_SIGNED = 0x050,        /**< RW, weights: 1 two's complement, 0 unsigned */
  BO_REG_CODES_PER_ROW = 0x054, /**< RW, in a row of a bank, 1 … BANK_WIDTH / BITS */
  BO_REG_ACT_ZERO = 0x058,      /**< RW, 0 … 255 */
  BO_REG_WEIGHT_ROW = 0x05c,    /**< RW, row of the weights' first code: bank * BANK_ROWS + row */
  BO_REG_ACT_OFFSET = 0x060,    /**< RW, of act[0][0], in bytes from the window's begin */
  BO_REG_SUM_OFFSET = 0x064,    /**< RW, of sums[0][0], in sums from the window's begin */

  /* The machine: RO, as it was built. */
  BO_REG_ARRAY_ROWS = 0x080,
  BO_REG_ARRAY_COLS = 0x084,
  BO_REG_ACC_DEPTH = 0x088, /**< places of which a column holds partial sums */
  BO_REG_BANKS = 0x08c,
  BO_REG_BANK_ROWS = 0x090,
  BO_REG_BANK_WIDTH = 0x094,   /**< bits */
  BO_REG_READ_LATENCY = 0x098, /**< cycles of the weight SRAM */
  BO_REG_ACT_BYTES = 0x09c,    /**< size of the window of activations */
  BO_REG_SUMS = 0x0a0,         /**< size of the window of sums, in sums */
  BO_REG_OUTPUTS = 0x0a4,      /**< zero points that there are */
  BO_REG_END = 0x0a8
};

enum {
  BO_ID_VALUE = 0x424f4143, /**< "BOAC" */
  BO_VERSION_VALUE = 0x00010000,

  BO_CONTROL_START = 1 << 0, /**< clears DONE and ERROR, and runs from the next clock edge on; as
                                  long as BUSY without effect */
  BO_CONTROL_RESET = 1 << 1, /**< stops; registers as after reset. Windows stay. Wins over START */

  BO_STATUS_BUSY = 1 << 0,
  BO_STATUS_DONE = 1 << 1,  /**< the sums are there */
  BO_STATUS_ERROR = 1 << 2, /**< START was refused: see BO_REG_ERROR */

  BO_ERROR_NONE = 0,
  BO_ERROR_SIZE = 1,        /**< K, N or M is 0 */
  BO_ERROR_CODE = 2,        /**< BITS, SIGNED or CODES_PER_ROW out of range */
  BO_ERROR_ACT_ZERO = 3,    /**< above 255 */
  BO_ERROR_WEIGHTS = 4,     /**< end beyond the last row of the last bank */
  BO_ERROR_ACTIVATIONS = 5, /**< end beyond their window */
  BO_ERROR_SUMS = 6,        /**< end beyond their window */
  BO_ERROR_OUTPUTS = 7,     /**< N above OUTPUTS */
  BO_ERROR_WEIGHT_ZERO = 8  /**< of the first N one with which w' - zero could leave -256 … 255 */
};

/**
 * Windows. A row of a bank lies at 8 * (bank * BANK_ROWS + row) in each of the first four, bit c
 * being column c. It holds CODES_PER_ROW codes, LSB first from column 0, in the order in which the
 * array takes them: for N-tile of ARRAY_COLS outputs, for K, for output of the N-tile; one code
 * behind the other, without gaps between tiles (BO_PLACEMENT_TILE of mem/placement.h). A row reads
 * as ((word & and) | or) ^ xor.
 */
enum {
  BO_WINDOW_WEIGHTS = 0x10000000,     /**< RW, words of 64 bits; at first 0 */
  BO_WINDOW_AND = 0x20000000,         /**< RW, fault masks of 64 bits; at first all ones */
  BO_WINDOW_OR = 0x30000000,          /**< RW, the same; at first 0 */
  BO_WINDOW_XOR = 0x40000000,         /**< RW, the same; at first 0 */
  BO_WINDOW_ACTIVATIONS = 0x50000000, /**< RW, uint8 [M][K] from ACT_OFFSET on; at first 0 */
  BO_WINDOW_WEIGHT_ZERO = 0x60000000, /**< RW, int32 [N]; at first 0 */
  BO_WINDOW_SUMS = 0x70000000,        /**< RO, int32 [M][N] from SUM_OFFSET on; at first 0 */
  BO_WINDOW_MAX_BYTES = 0x10000000    /**< none is larger */
};

#endif
