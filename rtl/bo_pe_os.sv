// One processing element of the output-stationary array (C twin: sim/array/array_os.c).
//
//   sum_q'  = (first_i ? 0 : sum_q) + act_i * weight_i      wraps at 32 bits
//   hold_q  keeps the sum of a tile's last vector until load_i moves it to drain_q, from where it
//           leaves downwards, one row a cycle, while sum_q already adds up the next tile.
//
// Operands are 9-bit signed: an 8-bit code minus its zero point.
module bo_pe_os (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic signed [8:0]  act_i,     // from the left
  input  logic               first_i,   // act_i belongs to the first vector of a tile
  input  logic               last_i,    // act_i belongs to the last vector of a tile
  output logic signed [8:0]  act_o,
  output logic               first_o,
  output logic               last_o,

  input  logic signed [8:0]  weight_i,  // from above
  output logic signed [8:0]  weight_o,

  input  logic               load_i,    // unload: the finished sum starts on its way down
  input  logic signed [31:0] drain_i,   // from above
  output logic signed [31:0] drain_o
);

  logic signed [8:0]  act_q;
  logic               first_q, last_q;
  logic signed [8:0]  weight_q;
  logic signed [31:0] sum_d, sum_q;
  logic signed [31:0] hold_d, hold_q;
  logic signed [31:0] drain_d, drain_q;

  assign sum_d   = (first_i ? 32'sd0 : sum_q) + 32'(act_i) * 32'(weight_i);
  assign hold_d  = last_i ? sum_d : hold_q;
  assign drain_d = load_i ? hold_q : drain_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      act_q    <= '0;
      first_q  <= 1'b0;
      last_q   <= 1'b0;
      weight_q <= '0;
      sum_q    <= '0;
      hold_q   <= '0;
      drain_q  <= '0;
    end else begin
      act_q    <= act_i;
      first_q  <= first_i;
      last_q   <= last_i;
      weight_q <= weight_i;
      sum_q    <= sum_d;
      hold_q   <= hold_d;
      drain_q  <= drain_d;
    end
  end

  assign act_o    = act_q;
  assign first_o  = first_q;
  assign last_o   = last_q;
  assign weight_o = weight_q;
  assign drain_o  = drain_q;

endmodule
