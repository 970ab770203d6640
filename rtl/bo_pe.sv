// One processing element of the weight-stationary array (C twin: sim/array/array_ws.c).
//
//   weight  = first_i ? weight_next_q : weight_q     the tile's first vector brings its weights in
//   psum_q' = psum_i + act_i * weight                wraps at 32 bits
//
// Weights come from above through weight_pipe_q, one row a shift; load_i keeps the one that
// arrives as the next tile's while vectors of the current tile still use weight_q.
// Operands are 9-bit signed: an 8-bit code minus its zero point.
module bo_pe (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic signed [8:0]  act_i,     // from the left
  input  logic               first_i,   // act_i belongs to the first vector of a tile
  output logic signed [8:0]  act_o,
  output logic               first_o,

  input  logic               shift_i,   // weight_i moves down a row
  input  logic               load_i,    // weight_i is this row's weight of the next tile
  input  logic signed [8:0]  weight_i,  // from above
  output logic signed [8:0]  weight_o,

  input  logic signed [31:0] psum_i,    // from above
  output logic signed [31:0] psum_o
);

  logic signed [8:0]  act_q;
  logic               first_q;
  logic signed [8:0]  weight_pipe_d, weight_pipe_q;
  logic signed [8:0]  weight_next_d, weight_next_q;
  logic signed [8:0]  weight_d, weight_q;
  logic signed [31:0] psum_d, psum_q;

  assign weight_pipe_d = shift_i ? weight_i : weight_pipe_q;
  assign weight_next_d = load_i ? weight_i : weight_next_q;
  assign weight_d      = first_i ? weight_next_q : weight_q;
  assign psum_d        = psum_i + 32'(act_i) * 32'(weight_d);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      act_q         <= '0;
      first_q       <= 1'b0;
      weight_pipe_q <= '0;
      weight_next_q <= '0;
      weight_q      <= '0;
      psum_q        <= '0;
    end else begin
      act_q         <= act_i;
      first_q       <= first_i;
      weight_pipe_q <= weight_pipe_d;
      weight_next_q <= weight_next_d;
      weight_q      <= weight_d;
      psum_q        <= psum_d;
    end
  end

  assign act_o    = act_q;
  assign first_o  = first_q;
  assign weight_o = weight_pipe_q;
  assign psum_o   = psum_q;

endmodule
