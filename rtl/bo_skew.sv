// Delays lane i by i cycles; lane 0 passes straight through (C twin: sim/array/skew.c).
`include "bo_check.svh"

module bo_skew #(
  parameter int Lanes = bo_params_pkg::ArrayRows,
  parameter int Width = 11
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic [Lanes*Width-1:0] data_i,
  output logic [Lanes*Width-1:0] data_o
);

  `BO_REFUSE(gen_bad_lanes, Lanes < 1 || Lanes > 256,
             "bo_skew: Lanes: expected 1..256, got %0d", Lanes)
  `BO_REFUSE(gen_bad_width, Width < 1 || Width > 64,
             "bo_skew: Width: expected 1..64, got %0d", Width)

  assign data_o[0*Width +: Width] = data_i[0*Width +: Width];

  for (genvar i = 1; i < Lanes; i++) begin : gen_lane
    logic [i*Width-1:0] delay_d, delay_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        delay_q <= '0;
      end else begin
        delay_q <= delay_d;
      end
    end

    assign {data_o[i*Width +: Width], delay_d} = {delay_q, data_i[i*Width +: Width]};
  end

endmodule
