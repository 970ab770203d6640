// The array: Rows rows of Cols processing elements (C twins: sim/array/array_ws.c,
// sim/array/array_os.c). Inputs are skewed: lane r of the activations r cycles late, column c of
// weights and their controls c cycles late, as bo_mesh makes them. Weight-stationary, sum_o is the
// partial sum of the last row; output-stationary, what drains out of it.
`include "bo_check.svh"

module bo_array #(
  parameter int Rows     = bo_params_pkg::ArrayRows,
  parameter int Cols     = bo_params_pkg::ArrayCols,
  parameter int Dataflow = 0  // 0: weight-stationary, 1: output-stationary
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic [Rows*9-1:0]  act_i,
  input  logic [Rows-1:0]    first_i,
  input  logic [Rows-1:0]    last_i,    // output-stationary only

  input  logic [Cols*9-1:0]  weight_i,
  input  logic [Cols-1:0]    shift_i,   // weight-stationary only
  input  logic [Cols-1:0]    load_i,

  output logic [Cols*32-1:0] sum_o
);

  `BO_REFUSE(gen_bad_rows, Rows < 1 || Rows > 256,
             "bo_array: Rows: expected 1..256, got %0d", Rows)

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    logic [Cols*9-1:0]  weight, weight_below;
    logic [Cols*32-1:0] sum, sum_below;

    if (r == 0) begin : gen_above
      assign weight = weight_i;
      assign sum    = '0;
    end else begin : gen_above
      assign weight = gen_row[r-1].weight_below;
      assign sum    = gen_row[r-1].sum_below;
    end

    bo_row #(
      .Cols    (Cols),
      .Dataflow(Dataflow)
    ) u_row (
      .clk_i,
      .rst_ni,
      .act_i   (act_i[r*9 +: 9]),
      .first_i (first_i[r]),
      .last_i  (last_i[r]),
      .shift_i,
      .load_i,
      .weight_i(weight),
      .weight_o(weight_below),
      .sum_i   (sum),
      .sum_o   (sum_below)
    );

    if (r == Rows - 1) begin : gen_bottom
      logic unused;  // no row takes the last row's weights
      assign unused = ^weight_below;
      assign sum_o  = sum_below;
    end
  end

endmodule
