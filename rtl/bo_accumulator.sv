// Partial sums of a chunk of vectors over the tiles of K (C twin: sim/array/accumulator.c).
// Column c gets the sum of a vector a cycle after column c-1 does; a token travels along that says
// what becomes of it. Per column, a cycle after its token:
//
//   sum = psum_i + (accumulate ? mem[addr] : 0)      wraps at 32 bits
//   not the last tile of K: mem[addr] <= sum;  the last one: sum_q <= sum, sum_valid_q <= 1
`include "bo_check.svh"

module bo_accumulator #(
  parameter int Cols      = bo_params_pkg::ArrayCols,
  parameter int Depth     = bo_params_pkg::AccumulatorSramKib * 256 / (Cols < 1 ? 1 : Cols),
  parameter int AddrWidth = $clog2(Depth + 1)  // derived; an idle token may point behind the chunk
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 valid_i,       // the token of column 0: a sum comes next cycle
  input  logic [AddrWidth-1:0] addr_i,        // index of the vector in the chunk
  input  logic                 accumulate_i,  // add to what earlier tiles left
  input  logic                 last_i,        // the last tile of K

  input  logic [Cols*32-1:0]   psum_i,        // signed
  output logic [Cols-1:0]      sum_valid_o,
  output logic [Cols*32-1:0]   sum_o          // signed, held until the column's next one
);

  `BO_REFUSE(gen_bad_cols, Cols < 1 || Cols > 256,
             "bo_accumulator: Cols: expected 1..256, got %0d", Cols)
  `BO_REFUSE(gen_bad_depth, Depth < 1 || Depth > 16777216,
             "bo_accumulator: Depth: expected 1..16777216, got %0d", Depth)

  localparam int IndexWidth = Depth > 1 ? $clog2(Depth) : 1;

  // Tokens: bit or field c is the one that column c registered.
  logic [Cols-1:0]           valid_d, valid_q;
  logic [Cols*AddrWidth-1:0] addr_d, addr_q;
  logic [Cols-1:0]           accumulate_d, accumulate_q;
  logic [Cols-1:0]           last_d, last_q;
  logic                      unused_valid, unused_accumulate, unused_last;
  logic [AddrWidth-1:0]      unused_addr;

  assign {unused_valid, valid_d}           = {valid_q, valid_i};
  assign {unused_addr, addr_d}             = {addr_q, addr_i};
  assign {unused_accumulate, accumulate_d} = {accumulate_q, accumulate_i};
  assign {unused_last, last_d}             = {last_q, last_i};

  logic [31:0]        mem [Cols][Depth];
  logic [Cols*32-1:0] rdata_d, rdata_q;
  logic [Cols-1:0]    sum_valid_d, sum_valid_q;
  logic [Cols*32-1:0] sum_d, sum_q;

  for (genvar c = 0; c < Cols; c++) begin : gen_col
    logic [IndexWidth-1:0] read_addr, write_addr;
    logic [31:0]           rdata, sum;

    assign read_addr            = addr_d[c*AddrWidth +: IndexWidth];
    assign rdata_d[c*32 +: 32]  = valid_d[c] && accumulate_d[c] ? mem[c][read_addr]
                                                                : rdata_q[c*32 +: 32];

    assign rdata = accumulate_q[c] ? rdata_q[c*32 +: 32] : 32'd0;
    assign sum   = psum_i[c*32 +: 32] + rdata;

    assign sum_valid_d[c]     = valid_q[c] && last_q[c];
    assign sum_d[c*32 +: 32]  = sum_valid_d[c] ? sum : sum_q[c*32 +: 32];

    assign write_addr = addr_q[c*AddrWidth +: IndexWidth];

    // `always`, not `always_ff`, which would allow no initial content.
    always @(posedge clk_i) begin
      if (valid_q[c] && !last_q[c]) begin
        mem[c][write_addr] <= sum;
      end
    end

    initial begin
      for (int addr = 0; addr < Depth; addr++) begin
        mem[c][addr] = '0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q      <= '0;
      addr_q       <= '0;
      accumulate_q <= '0;
      last_q       <= '0;
      rdata_q      <= '0;
      sum_valid_q  <= '0;
      sum_q        <= '0;
    end else begin
      valid_q      <= valid_d;
      addr_q       <= addr_d;
      accumulate_q <= accumulate_d;
      last_q       <= last_d;
      rdata_q      <= rdata_d;
      sum_valid_q  <= sum_valid_d;
      sum_q        <= sum_d;
    end
  end

  assign sum_valid_o = sum_valid_q;
  assign sum_o       = sum_q;

endmodule
