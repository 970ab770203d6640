// The weight-stationary core: weight SRAM at low voltage, weight buffer, tile control, mesh and
// accumulators (C twin: sim/accel/core.c). A host writes banks and fault masks while nothing loads,
// then hands over one tile descriptor after the other and the activations when act_ready_o asks for
// them. Column c's sum of the vector that enters in cycle e is on sum_o in cycle e + ArrayRows + c
// + 1, if the tile is the last one of K.
`include "bo_check.svh"

module bo_core #(
  parameter int ArrayRows               = bo_params_pkg::ArrayRows,
  parameter int ArrayCols               = bo_params_pkg::ArrayCols,
  parameter int WeightBanks             = bo_params_pkg::WeightBanks,
  parameter int BankRows                = bo_params_pkg::BankRows,
  parameter int BankWidth               = bo_params_pkg::BankWidth,
  parameter int WeightReadLatencyCycles = bo_params_pkg::WeightReadLatencyCycles,
  parameter int AccDepth                =
      bo_params_pkg::AccumulatorSramKib * 256 / (ArrayCols < 1 ? 1 : ArrayCols),
  // Derived, not to be set:
  parameter int BankIndexWidth          = WeightBanks > 1 ? $clog2(WeightBanks) : 1,
  parameter int BankAddrWidth           = BankRows > 1 ? $clog2(BankRows) : 1,
  parameter int SlotWidth               = $clog2(BankWidth + 1),
  parameter int CodesWidth              = $clog2(ArrayRows * ArrayCols + 1),
  parameter int RowsWidth               = $clog2(ArrayRows + 1),
  parameter int ColsWidth               = $clog2(ArrayCols + 1),
  parameter int AccAddrWidth            = $clog2(AccDepth + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // Host: writes a word, or the masks of a word, while nothing loads
  input  logic                      host_req_i,
  input  logic                      host_we_i,
  input  logic [BankIndexWidth-1:0] host_bank_i,
  input  logic [BankAddrWidth-1:0]  host_row_i,
  input  logic [BankWidth-1:0]      host_wdata_i,
  input  logic                      mask_we_i,
  input  logic [BankWidth-1:0]      and_mask_i,
  input  logic [BankWidth-1:0]      or_mask_i,
  input  logic [BankWidth-1:0]      xor_mask_i,

  // Tile descriptor, see bo_tile_ctrl
  input  logic                      tile_valid_i,
  output logic                      tile_ready_o,
  input  logic [BankIndexWidth-1:0] tile_bank_i,
  input  logic [BankAddrWidth-1:0]  tile_row_i,
  input  logic [SlotWidth-1:0]      tile_slot_i,
  input  logic [CodesWidth-1:0]     tile_rows_i,
  input  logic [SlotWidth-1:0]      tile_codes_per_row_i,
  input  logic [3:0]                tile_bits_i,
  input  logic                      tile_signed_i,
  input  logic [RowsWidth-1:0]      tile_k_i,
  input  logic [ColsWidth-1:0]      tile_n_i,
  input  logic [AccAddrWidth-1:0]   tile_m_i,
  input  logic                      tile_accumulate_i,
  input  logic                      tile_last_i,

  // Activations, raw codes in lane order, and zero points
  output logic                      act_ready_o,
  input  logic [ArrayRows*8-1:0]    act_i,
  input  logic [7:0]                act_zero_i,
  input  logic [ArrayCols*9-1:0]    weight_zero_i,

  // Sums of the last tile of K, each column on its own
  output logic [ArrayCols-1:0]      sum_valid_o,
  output logic [ArrayCols*32-1:0]   sum_o
);

  `BO_REFUSE(gen_bad_rows, ArrayRows < 1 || ArrayRows > 256,
             "bo_core: ArrayRows: expected 1..256, got %0d", ArrayRows)
  `BO_REFUSE(gen_bad_cols, ArrayCols < 1 || ArrayCols > 256,
             "bo_core: ArrayCols: expected 1..256, got %0d", ArrayCols)
  `BO_REFUSE(gen_bad_banks, WeightBanks < 1 || WeightBanks > 1024,
             "bo_core: WeightBanks: expected 1..1024, got %0d", WeightBanks)
  `BO_REFUSE(gen_bad_bank_rows, BankRows < 1 || BankRows > 65536,
             "bo_core: BankRows: expected 1..65536, got %0d", BankRows)
  `BO_REFUSE(gen_bad_bank_width, BankWidth < 8 || BankWidth > 64,
             "bo_core: BankWidth: expected 8..64, got %0d", BankWidth)
  `BO_REFUSE(gen_bad_latency, WeightReadLatencyCycles < 1 || WeightReadLatencyCycles > 8,
             "bo_core: WeightReadLatencyCycles: expected 1..8, got %0d", WeightReadLatencyCycles)
  `BO_REFUSE(gen_bad_acc_depth, AccDepth < 1 || AccDepth > 16777216,
             "bo_core: AccDepth: expected 1..16777216, got %0d", AccDepth)

  logic                      bank_req;
  logic [BankIndexWidth-1:0] bank, word_bank;
  logic [BankAddrWidth-1:0]  bank_row;

  logic                   buffer_clear, buffer_take, buffer_ready;
  logic                   word_valid;
  logic [BankWidth-1:0]   word;
  logic [3:0]             word_bits;
  logic [SlotWidth-1:0]   word_slot, word_count;
  logic [ColsWidth-1:0]   buffer_cols;
  logic [ArrayCols*8-1:0] buffer_code;

  logic [ArrayRows*9-1:0] act;
  logic [ArrayCols*9-1:0] weight;
  logic                   first, shift, load;

  logic                    token_valid, token_accumulate, token_last;
  logic [AccAddrWidth-1:0] token_addr;
  logic [ArrayCols*32-1:0] psum;

  bo_tile_ctrl #(
    .Rows             (ArrayRows),
    .Cols             (ArrayCols),
    .Banks            (WeightBanks),
    .BankRows         (BankRows),
    .BankWidth        (BankWidth),
    .ReadLatencyCycles(WeightReadLatencyCycles),
    .AccDepth         (AccDepth)
  ) u_tile_ctrl (
    .clk_i,
    .rst_ni,
    .tile_valid_i,
    .tile_ready_o,
    .tile_bank_i,
    .tile_row_i,
    .tile_slot_i,
    .tile_rows_i,
    .tile_codes_per_row_i,
    .tile_bits_i,
    .tile_signed_i,
    .tile_k_i,
    .tile_n_i,
    .tile_m_i,
    .tile_accumulate_i,
    .tile_last_i,
    .bank_req_o        (bank_req),
    .bank_o            (bank),
    .bank_row_o        (bank_row),
    .word_bank_o       (word_bank),
    .buffer_clear_o    (buffer_clear),
    .word_valid_o      (word_valid),
    .word_bits_o       (word_bits),
    .word_slot_o       (word_slot),
    .word_count_o      (word_count),
    .buffer_take_o     (buffer_take),
    .buffer_cols_o     (buffer_cols),
    .buffer_ready_i    (buffer_ready),
    .buffer_code_i     (buffer_code),
    .act_ready_o,
    .act_i,
    .act_zero_i,
    .weight_zero_i,
    .act_o             (act),
    .first_o           (first),
    .weight_o          (weight),
    .shift_o           (shift),
    .load_o            (load),
    .token_valid_o     (token_valid),
    .token_addr_o      (token_addr),
    .token_accumulate_o(token_accumulate),
    .token_last_o      (token_last)
  );

  logic [WeightBanks*BankWidth-1:0] bank_word;
  logic [BankAddrWidth-1:0]         bank_addr;

  assign bank_addr = host_req_i ? host_row_i : bank_row;

  for (genvar b = 0; b < WeightBanks; b++) begin : gen_bank
    logic host, fetch;

    assign host  = host_bank_i == BankIndexWidth'(b);
    assign fetch = bank_req && bank == BankIndexWidth'(b);

    bo_weight_bank #(
      .Rows             (BankRows),
      .Width            (BankWidth),
      .ReadLatencyCycles(WeightReadLatencyCycles)
    ) u_bank (
      .clk_i,
      .rst_ni,
      .req_i      ((host_req_i && host) || fetch),
      .we_i       (host_req_i && host && host_we_i),
      .addr_i     (bank_addr),
      .wdata_i    (host_wdata_i),
      .rdata_o    (bank_word[b*BankWidth +: BankWidth]),
      .mask_we_i  (mask_we_i && host),
      .mask_addr_i(host_row_i),
      .and_mask_i,
      .or_mask_i,
      .xor_mask_i
    );
  end

  assign word = bank_word[word_bank * BankWidth +: BankWidth];

  bo_weight_buffer #(
    .Cols (ArrayCols),
    .Width(BankWidth),
    .Depth(ArrayRows * ArrayCols + BankWidth)
  ) u_weight_buffer (
    .clk_i,
    .rst_ni,
    .clear_i     (buffer_clear),
    .word_valid_i(word_valid),
    .word_i      (word),
    .bits_i      (word_bits),
    .slot_first_i(word_slot),
    .slot_count_i(word_count),
    .take_i      (buffer_take),
    .cols_i      (buffer_cols),
    .ready_o     (buffer_ready),
    .code_o      (buffer_code)
  );

  bo_mesh #(
    .Rows    (ArrayRows),
    .Cols    (ArrayCols),
    .Dataflow(0)
  ) u_mesh (
    .clk_i,
    .rst_ni,
    .act_i   (act),
    .first_i (first),
    .last_i  (1'b0),
    .weight_i(weight),
    .shift_i (shift),
    .load_i  (load),
    .sum_o   (psum)
  );

  bo_accumulator #(
    .Cols (ArrayCols),
    .Depth(AccDepth)
  ) u_accumulator (
    .clk_i,
    .rst_ni,
    .valid_i     (token_valid),
    .addr_i      (token_addr),
    .accumulate_i(token_accumulate),
    .last_i      (token_last),
    .psum_i      (psum),
    .sum_valid_o,
    .sum_o
  );

endmodule
