// One row of the array: Cols processing elements side by side (C twins: sim/array/array_ws.c,
// sim/array/array_os.c). Activations and their marks pass from column 0 to the right, a column a
// cycle; weights and sums pass down through the row. The element of both dataflows has the same
// path, gen_pe[c].gen_kind.u_pe, so that whoever names registers needs one name.
`include "bo_check.svh"

module bo_row #(
  parameter int Cols     = bo_params_pkg::ArrayCols,
  parameter int Dataflow = 0  // 0: weight-stationary, 1: output-stationary
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic [8:0]         act_i,
  input  logic               first_i,
  input  logic               last_i,    // output-stationary only

  input  logic [Cols-1:0]    shift_i,   // weight-stationary only
  input  logic [Cols-1:0]    load_i,
  input  logic [Cols*9-1:0]  weight_i,
  output logic [Cols*9-1:0]  weight_o,

  input  logic [Cols*32-1:0] sum_i,     // psum or drain of the row above
  output logic [Cols*32-1:0] sum_o
);

  `BO_REFUSE(gen_bad_cols, Cols < 1 || Cols > 256,
             "bo_row: Cols: expected 1..256, got %0d", Cols)
  `BO_REFUSE(gen_bad_dataflow, Dataflow < 0 || Dataflow > 1,
             "bo_row: Dataflow: expected 0..1, got %0d", Dataflow)

  for (genvar c = 0; c < Cols; c++) begin : gen_pe
    logic [8:0] act, act_right;
    logic       first, first_right;
    logic       last, last_right;

    if (c == 0) begin : gen_left
      assign act   = act_i;
      assign first = first_i;
      assign last  = last_i;
    end else begin : gen_left
      assign act   = gen_pe[c-1].act_right;
      assign first = gen_pe[c-1].first_right;
      assign last  = gen_pe[c-1].last_right;
    end

    if (Dataflow == 0) begin : gen_kind
      bo_pe u_pe (
        .clk_i,
        .rst_ni,
        .act_i   (act),
        .first_i (first),
        .act_o   (act_right),
        .first_o (first_right),
        .shift_i (shift_i[c]),
        .load_i  (load_i[c]),
        .weight_i(weight_i[c*9 +: 9]),
        .weight_o(weight_o[c*9 +: 9]),
        .psum_i  (sum_i[c*32 +: 32]),
        .psum_o  (sum_o[c*32 +: 32])
      );
      assign last_right = last;
    end else begin : gen_kind
      bo_pe_os u_pe (
        .clk_i,
        .rst_ni,
        .act_i   (act),
        .first_i (first),
        .last_i  (last),
        .act_o   (act_right),
        .first_o (first_right),
        .last_o  (last_right),
        .weight_i(weight_i[c*9 +: 9]),
        .weight_o(weight_o[c*9 +: 9]),
        .load_i  (load_i[c]),
        .drain_i (sum_i[c*32 +: 32]),
        .drain_o (sum_o[c*32 +: 32])
      );
    end

    if (c == Cols - 1) begin : gen_right
      logic unused;  // nobody is to the right of the last column
      assign unused = ^{act_right, first_right, last_right};
    end
  end

  logic unused;  // output-stationary weights are never shifted
  assign unused = ^shift_i;

endmodule
