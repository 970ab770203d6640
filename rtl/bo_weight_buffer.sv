// Codes on their way from a bank's words to the top of the array (C twin: sim/mem/weight_buffer.c).
// Words come in with up to Width codes each, rows of cols_i codes go out; a tile starts it afresh.
// A word holds its codes LSB first: slot s is the bits_i bits from bit s * bits_i.
`include "bo_check.svh"

module bo_weight_buffer #(
  parameter int Cols      = bo_params_pkg::ArrayCols,
  parameter int Width     = bo_params_pkg::BankWidth,
  parameter int Depth     = bo_params_pkg::ArrayRows * Cols + Width,
  parameter int ColsWidth = $clog2(Cols + 1),  // derived, not to be set
  parameter int SlotWidth = $clog2(Width + 1)  // derived, not to be set
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 clear_i,       // alone: no word and no take in the same cycle

  input  logic                 word_valid_i,
  input  logic [Width-1:0]     word_i,
  input  logic [3:0]           bits_i,        // of a code, 1..8
  input  logic [SlotWidth-1:0] slot_first_i,
  input  logic [SlotWidth-1:0] slot_count_i,  // codes to keep from slot_first_i on

  input  logic                 take_i,        // only when ready_o
  input  logic [ColsWidth-1:0] cols_i,        // codes of a row, 1..Cols
  output logic                 ready_o,       // a whole row is there
  output logic [Cols*8-1:0]    code_o         // columns from cols_i on: 0
);

  `BO_REFUSE(gen_bad_cols, Cols < 1 || Cols > 256,
             "bo_weight_buffer: Cols: expected 1..256, got %0d", Cols)
  `BO_REFUSE(gen_bad_width, Width < 8 || Width > 64,
             "bo_weight_buffer: Width: expected 8..64, got %0d", Width)
  `BO_REFUSE(gen_bad_depth, Depth < Cols + Width || Depth > 65600,
             "bo_weight_buffer: Depth: expected Cols + Width..65600, got %0d", Depth)

  localparam int CountWidth = $clog2(Depth + Cols + 1);  // read_q + cols_i goes beyond Depth
  localparam int IndexWidth = $clog2(Depth);

  logic [Depth*8-1:0]    code_d, code_q;
  logic [CountWidth-1:0] write_d, write_q;  // codes written since clear
  logic [CountWidth-1:0] read_d, read_q;    // codes taken since clear
  logic [CountWidth-1:0] read_next;

  logic [Width-1:0] aligned;  // word_i from slot_first_i on
  logic [7:0]       code_mask;

  assign aligned   = word_i >> (slot_first_i * SlotWidth'(bits_i));
  assign code_mask = 8'hff >> (4'd8 - bits_i);

  always_comb begin
    code_d = code_q;
    if (word_valid_i) begin
      for (int i = 0; i < Width; i++) begin
        if (SlotWidth'(i) < slot_count_i) begin
          code_d[{IndexWidth'(write_q + CountWidth'(i)), 3'b000} +: 8] =
              8'(aligned >> (i * bits_i)) & code_mask;
        end
      end
    end
  end

  assign read_next = read_q + CountWidth'(cols_i);

  always_comb begin
    write_d = write_q;
    read_d  = read_q;
    if (clear_i) begin
      write_d = '0;
      read_d  = '0;
    end else begin
      if (word_valid_i) begin
        write_d = write_q + CountWidth'(slot_count_i);
      end
      if (take_i) begin
        read_d = read_next;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      code_q  <= '0;
      write_q <= '0;
      read_q  <= '0;
    end else begin
      code_q  <= code_d;
      write_q <= write_d;
      read_q  <= read_d;
    end
  end

  assign ready_o = write_q >= read_next;

  for (genvar c = 0; c < Cols; c++) begin : gen_code
    logic [IndexWidth-1:0] index;
    assign index            = IndexWidth'(read_q + CountWidth'(c));
    assign code_o[c*8 +: 8] = ColsWidth'(c) < cols_i ? code_q[{index, 3'b000} +: 8] : 8'h00;
  end

endmodule
