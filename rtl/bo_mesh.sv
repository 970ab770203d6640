// The array with its skews: everything that belongs to one vector enters in one cycle (C twins:
// sim/array/array_ws.c, sim/array/array_os.c, sim/array/skew.c). sum_o stays skewed by column.
//
//   weight-stationary: the vector that enters in cycle e has its sum of column c on sum_o[c] in
//     cycle e + Rows + c. A tile's weights take Rows shifts, the last one with load_i; the row that
//     is shifted first ends up in row Rows-1.
//   output-stationary: with a tile's last vector in cycle T and load_i in cycle T + Rows, sum_o[c]
//     is the result of row r in cycle T + 2*Rows - r + c.
`include "bo_check.svh"

module bo_mesh #(
  parameter int Rows     = bo_params_pkg::ArrayRows,
  parameter int Cols     = bo_params_pkg::ArrayCols,
  parameter int Dataflow = 0  // 0: weight-stationary, 1: output-stationary
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic [Rows*9-1:0]  act_i,     // signed
  input  logic               first_i,   // the vector is the first one of its tile
  input  logic               last_i,    // ... the last one (output-stationary only)

  input  logic [Cols*9-1:0]  weight_i,  // signed
  input  logic               shift_i,   // weight-stationary only
  input  logic               load_i,

  output logic [Cols*32-1:0] sum_o      // signed
);

  `BO_REFUSE(gen_bad_rows, Rows < 1 || Rows > 256,
             "bo_mesh: Rows: expected 1..256, got %0d", Rows)
  `BO_REFUSE(gen_bad_cols, Cols < 1 || Cols > 256,
             "bo_mesh: Cols: expected 1..256, got %0d", Cols)
  `BO_REFUSE(gen_bad_dataflow, Dataflow < 0 || Dataflow > 1,
             "bo_mesh: Dataflow: expected 0..1, got %0d", Dataflow)

  localparam int LaneWidth = 11;  // a 9-bit operand and two marks

  logic [Rows*LaneWidth-1:0] act_lane, act_lane_skewed;
  logic [Cols*LaneWidth-1:0] weight_lane, weight_lane_skewed;

  logic [Rows*9-1:0] act;
  logic [Rows-1:0]      first, last;
  logic [Cols*9-1:0] weight;
  logic [Cols-1:0]      shift, load;

  for (genvar r = 0; r < Rows; r++) begin : gen_act_lane
    assign act_lane[r*LaneWidth +: LaneWidth] = {last_i, first_i, act_i[r*9 +: 9]};
    assign {last[r], first[r], act[r*9 +: 9]} = act_lane_skewed[r*LaneWidth +: LaneWidth];
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_weight_lane
    assign weight_lane[c*LaneWidth +: LaneWidth] = {load_i, shift_i, weight_i[c*9 +: 9]};
    assign {load[c], shift[c], weight[c*9 +: 9]} = weight_lane_skewed[c*LaneWidth +: LaneWidth];
  end

  bo_skew #(
    .Lanes(Rows),
    .Width(LaneWidth)
  ) u_act_skew (
    .clk_i,
    .rst_ni,
    .data_i(act_lane),
    .data_o(act_lane_skewed)
  );

  bo_skew #(
    .Lanes(Cols),
    .Width(LaneWidth)
  ) u_weight_skew (
    .clk_i,
    .rst_ni,
    .data_i(weight_lane),
    .data_o(weight_lane_skewed)
  );

  bo_array #(
    .Rows    (Rows),
    .Cols    (Cols),
    .Dataflow(Dataflow)
  ) u_array (
    .clk_i,
    .rst_ni,
    .act_i   (act),
    .first_i (first),
    .last_i  (last),
    .weight_i(weight),
    .shift_i (shift),
    .load_i  (load),
    .sum_o
  );

endmodule
