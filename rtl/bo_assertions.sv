// What must hold in every cycle of bo_core; bound to it from outside, for simulators that know
// concurrent assertions. One half watches the core, the other one who drives it.
`define BO_ASSERT(Name, Property) \
  Name: assert property (@(posedge clk_i) disable iff (!rst_ni) Property);

module bo_assertions #(
  parameter int Rows      = 1,
  parameter int Cols      = 1,
  parameter int BankWidth = 8,
  parameter int AccDepth  = 1,
  parameter int AddrWidth = 1
) (
  input logic            clk_i,
  input logic            rst_ni,

  // Driver
  input logic            host_req,
  input logic            host_we,
  input logic            mask_we,
  input logic            accept,
  input logic [31:0]     tile_rows,
  input logic [31:0]     tile_slot,
  input logic [31:0]     tile_codes_per_row,
  input logic [31:0]     tile_bits,
  input logic [31:0]     tile_k,
  input logic [31:0]     tile_n,
  input logic [31:0]     tile_m,

  // Load side
  input logic            load_busy,
  input logic            loaded,
  input logic            fetch,
  input logic            word_valid,
  input logic [31:0]     word_count,
  input logic [31:0]     codes_written,
  input logic [31:0]     codes_of_tile,
  input logic            buffer_clear,
  input logic            buffer_ready,
  input logic            take,
  input logic            shift,
  input logic            load,

  // Stream side
  input logic            first,
  input logic            act_ready,
  input logic [31:0]     stream_left,

  // Accumulator: a bit or a field a column
  input logic [Cols-1:0]           sum_read,
  input logic [Cols-1:0]           sum_write,
  input logic [Cols*AddrWidth-1:0] read_addr,
  input logic [Cols*AddrWidth-1:0] write_addr
);

  `BO_ASSERT(HostOnlyWrites, host_req |-> host_we)
  `BO_ASSERT(BankHasOneRequest, !(fetch && (host_req || mask_we)))
  `BO_ASSERT(TileHasInputs, accept |-> tile_k >= 1 && tile_k <= Rows)
  `BO_ASSERT(TileHasOutputs, accept |-> tile_n >= 1 && tile_n <= Cols)
  `BO_ASSERT(TileHasVectors, accept |-> tile_m >= 1 && tile_m <= AccDepth)
  `BO_ASSERT(TileHasCodes, accept |-> tile_bits >= 1 && tile_bits <= 8)
  `BO_ASSERT(WordHoldsItsCodes,
    accept |-> tile_slot < tile_codes_per_row && tile_codes_per_row * tile_bits <= BankWidth)
  `BO_ASSERT(TileReadsItsWords,
    accept |-> tile_rows == (tile_slot + tile_k * tile_n - 1) / tile_codes_per_row + 1)

  `BO_ASSERT(BufferNeverUnderflows, take |-> buffer_ready)
  `BO_ASSERT(BufferNeverOverflows,
    word_valid |-> codes_written + word_count <= codes_of_tile)
  `BO_ASSERT(BufferIsClearedAlone, buffer_clear |-> !word_valid && !take)
  `BO_ASSERT(LoadOnlyWithShift, load |-> shift)
  `BO_ASSERT(LoadBusyOrLoaded, !(load_busy && loaded))

  `BO_ASSERT(FirstOnlyWhenLoaded, first |-> loaded)
  `BO_ASSERT(FirstOnlyWhenIdle, first |-> stream_left == 0)
  `BO_ASSERT(FirstIsAVector, first |-> act_ready)
  `BO_ASSERT(TileEndsWithItsVectors,
    act_ready && !first |=> stream_left == $past(stream_left) - 1)

  for (genvar c = 0; c < Cols; c++) begin : gen_col
    `BO_ASSERT(SumIsWrittenBeforeItIsRead,
      sum_read[c] && sum_write[c] |->
      read_addr[c*AddrWidth +: AddrWidth] != write_addr[c*AddrWidth +: AddrWidth])
  end

endmodule

`undef BO_ASSERT

bind bo_core bo_assertions #(
  .Rows     (ArrayRows),
  .Cols     (ArrayCols),
  .BankWidth(BankWidth),
  .AccDepth (AccDepth),
  .AddrWidth(AccAddrWidth)
) u_assertions (
  .clk_i,
  .rst_ni,
  .host_req          (host_req_i),
  .host_we           (host_we_i),
  .mask_we           (mask_we_i),
  .accept            (tile_valid_i && tile_ready_o),
  .tile_rows         (32'(tile_rows_i)),
  .tile_slot         (32'(tile_slot_i)),
  .tile_codes_per_row(32'(tile_codes_per_row_i)),
  .tile_bits         (32'(tile_bits_i)),
  .tile_k            (32'(tile_k_i)),
  .tile_n            (32'(tile_n_i)),
  .tile_m            (32'(tile_m_i)),
  .load_busy         (u_tile_ctrl.load_busy_q),
  .loaded            (u_tile_ctrl.loaded_q),
  .fetch             (bank_req),
  .word_valid        (word_valid),
  .word_count        (32'(word_count)),
  .codes_written     (32'(u_weight_buffer.write_q)),
  .codes_of_tile     (32'(u_tile_ctrl.load_k_q) * 32'(u_tile_ctrl.load_n_q)),
  .buffer_clear      (buffer_clear),
  .buffer_ready      (buffer_ready),
  .take              (buffer_take),
  .shift             (shift),
  .load              (load),
  .first             (first),
  .act_ready         (act_ready_o),
  .stream_left       (32'(u_tile_ctrl.stream_left_q)),
  .sum_read          (u_accumulator.valid_d & u_accumulator.accumulate_d),
  .sum_write         (u_accumulator.valid_q & ~u_accumulator.last_q),
  .read_addr         (u_accumulator.addr_d),
  .write_addr        (u_accumulator.addr_q)
);
