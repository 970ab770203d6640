// One bank of the weight SRAM with its faulty cells (C twin: sim/mem/sram_bank.c).
//
//   word = ((mem[addr] & and_mask[addr]) | or_mask[addr]) ^ xor_mask[addr]
//
// What is stored stays right, what is read does not: a cell stuck at 0 is a 0 in and_mask, one
// stuck at 1 a 1 in or_mask, one that flips a 1 in xor_mask. Without masks every cell works.
// A read issued in cycle t shows on rdata_o in cycle t + ReadLatencyCycles, and stays until the
// next one.
`include "bo_check.svh"

module bo_weight_bank #(
  parameter int Rows              = bo_params_pkg::BankRows,
  parameter int Width             = bo_params_pkg::BankWidth,
  parameter int ReadLatencyCycles = bo_params_pkg::WeightReadLatencyCycles,
  parameter int AddrWidth         = Rows > 1 ? $clog2(Rows) : 1  // derived, not to be set
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 req_i,
  input  logic                 we_i,
  input  logic [AddrWidth-1:0] addr_i,
  input  logic [Width-1:0]     wdata_i,
  output logic [Width-1:0]     rdata_o,

  input  logic                 mask_we_i,
  input  logic [AddrWidth-1:0] mask_addr_i,
  input  logic [Width-1:0]     and_mask_i,
  input  logic [Width-1:0]     or_mask_i,
  input  logic [Width-1:0]     xor_mask_i
);

  `BO_REFUSE(gen_bad_rows, Rows < 1 || Rows > 65536,
             "bo_weight_bank: Rows: expected 1..65536, got %0d", Rows)
  `BO_REFUSE(gen_bad_width, Width < 8 || Width > 64,
             "bo_weight_bank: Width: expected 8..64, got %0d", Width)
  `BO_REFUSE(gen_bad_latency, ReadLatencyCycles < 1 || ReadLatencyCycles > 8,
             "bo_weight_bank: ReadLatencyCycles: expected 1..8, got %0d", ReadLatencyCycles)

  logic [Width-1:0] mem      [Rows];
  logic [Width-1:0] and_mask [Rows];
  logic [Width-1:0] or_mask  [Rows];
  logic [Width-1:0] xor_mask [Rows];

  // `always`, not `always_ff`, which would allow no initial content.
  always @(posedge clk_i) begin
    if (req_i && we_i) begin
      mem[addr_i] <= wdata_i;
    end
    if (mask_we_i) begin
      and_mask[mask_addr_i] <= and_mask_i;
      or_mask[mask_addr_i]  <= or_mask_i;
      xor_mask[mask_addr_i] <= xor_mask_i;
    end
  end

  initial begin
    for (int row = 0; row < Rows; row++) begin
      mem[row]      = '0;
      and_mask[row] = '1;
      or_mask[row]  = '0;
      xor_mask[row] = '0;
    end
  end

  logic [Width-1:0]                   word, word_held;
  logic [ReadLatencyCycles*Width-1:0] rdata_d, rdata_q;  // stage s at s * Width
  logic [Width-1:0]                   unused_oldest;

  assign word      = ((mem[addr_i] & and_mask[addr_i]) | or_mask[addr_i]) ^ xor_mask[addr_i];
  assign word_held = req_i && !we_i ? word : rdata_q[0 +: Width];
  assign {unused_oldest, rdata_d} = {rdata_q, word_held};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rdata_q <= '0;
    end else begin
      rdata_q <= rdata_d;
    end
  end

  assign rdata_o = rdata_q[(ReadLatencyCycles-1)*Width +: Width];

endmodule
