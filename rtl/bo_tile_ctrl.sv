// Runs tiles one after the other and loads the weights of the next one behind the one that streams
// (C twin: sim/accel/tile_ctrl.c).
//
// Load side: from the cycle after a descriptor is accepted, a word a cycle is fetched from the
// banks; its codes go to the weight buffer, which gives them back a row of n at a time. Rows shifts
// bring them into the array: first Rows - k rows that the tile does not use, with weight 0, then k
// rows of codes. Stream side: m vectors, one a cycle, with the accumulator's token.
//
// With G codes a word, first slot o and read latency lat, a tile may start
//   P = max(Rows + 1, lat + 2 + max((o + n - 1) / G + k, (o + k * n - 1) / G + 1))
// cycles after it was accepted, and starts max(m of the tile before, P) after that tile did.
`include "bo_check.svh"

module bo_tile_ctrl #(
  parameter int Rows              = bo_params_pkg::ArrayRows,
  parameter int Cols              = bo_params_pkg::ArrayCols,
  parameter int Banks             = bo_params_pkg::WeightBanks,
  parameter int BankRows          = bo_params_pkg::BankRows,
  parameter int BankWidth         = bo_params_pkg::BankWidth,
  parameter int ReadLatencyCycles = bo_params_pkg::WeightReadLatencyCycles,
  parameter int AccDepth          = bo_params_pkg::AccumulatorSramKib * 256 / (Cols < 1 ? 1 : Cols),
  // Derived, not to be set:
  parameter int BankIndexWidth    = Banks > 1 ? $clog2(Banks) : 1,
  parameter int BankAddrWidth     = BankRows > 1 ? $clog2(BankRows) : 1,
  parameter int SlotWidth         = $clog2(BankWidth + 1),
  parameter int CodesWidth        = $clog2(Rows * Cols + 1),
  parameter int RowsWidth         = $clog2(Rows + 1),
  parameter int ColsWidth         = $clog2(Cols + 1),
  parameter int AccAddrWidth      = $clog2(AccDepth + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // Tile descriptor
  input  logic                      tile_valid_i,
  output logic                      tile_ready_o,
  input  logic [BankIndexWidth-1:0] tile_bank_i,           // where its first word is
  input  logic [BankAddrWidth-1:0]  tile_row_i,
  input  logic [SlotWidth-1:0]      tile_slot_i,           // of its first code in that word
  input  logic [CodesWidth-1:0]     tile_rows_i,           // words to read
  input  logic [SlotWidth-1:0]      tile_codes_per_row_i,  // 1..BankWidth
  input  logic [3:0]                tile_bits_i,           // of a code, 1..8
  input  logic                      tile_signed_i,         // codes are two's complement
  input  logic [RowsWidth-1:0]      tile_k_i,              // 1..Rows
  input  logic [ColsWidth-1:0]      tile_n_i,              // 1..Cols
  input  logic [AccAddrWidth-1:0]   tile_m_i,              // vectors, 1..AccDepth
  input  logic                      tile_accumulate_i,
  input  logic                      tile_last_i,           // the last tile of K

  // Weight banks: a request now, its word ReadLatencyCycles later, when word_valid_o says so
  output logic                      bank_req_o,
  output logic [BankIndexWidth-1:0] bank_o,
  output logic [BankAddrWidth-1:0]  bank_row_o,
  output logic [BankIndexWidth-1:0] word_bank_o,           // that the arriving word comes from

  // Weight buffer
  output logic                      buffer_clear_o,
  output logic                      word_valid_o,
  output logic [3:0]                word_bits_o,
  output logic [SlotWidth-1:0]      word_slot_o,
  output logic [SlotWidth-1:0]      word_count_o,
  output logic                      buffer_take_o,
  output logic [ColsWidth-1:0]      buffer_cols_o,
  input  logic                      buffer_ready_i,
  input  logic [Cols*8-1:0]         buffer_code_i,

  // Activations: raw codes in lane order, lane r has input k-1-r of the tile
  output logic                      act_ready_o,           // act_i enters in this cycle
  input  logic [Rows*8-1:0]         act_i,
  input  logic [7:0]                act_zero_i,
  input  logic [Cols*9-1:0]         weight_zero_i,         // signed, of the tile being loaded

  // Mesh
  output logic [Rows*9-1:0]         act_o,
  output logic                      first_o,
  output logic [Cols*9-1:0]         weight_o,
  output logic                      shift_o,
  output logic                      load_o,

  // Accumulator token, Rows - 1 cycles after its vector
  output logic                      token_valid_o,
  output logic [AccAddrWidth-1:0]   token_addr_o,
  output logic                      token_accumulate_o,
  output logic                      token_last_o
);

  `BO_REFUSE(gen_bad_rows, Rows < 1 || Rows > 256,
             "bo_tile_ctrl: Rows: expected 1..256, got %0d", Rows)
  `BO_REFUSE(gen_bad_cols, Cols < 1 || Cols > 256,
             "bo_tile_ctrl: Cols: expected 1..256, got %0d", Cols)
  `BO_REFUSE(gen_bad_banks, Banks < 1 || Banks > 1024,
             "bo_tile_ctrl: Banks: expected 1..1024, got %0d", Banks)
  `BO_REFUSE(gen_bad_bank_rows, BankRows < 1 || BankRows > 65536,
             "bo_tile_ctrl: BankRows: expected 1..65536, got %0d", BankRows)
  `BO_REFUSE(gen_bad_bank_width, BankWidth < 8 || BankWidth > 64,
             "bo_tile_ctrl: BankWidth: expected 8..64, got %0d", BankWidth)
  `BO_REFUSE(gen_bad_latency, ReadLatencyCycles < 1 || ReadLatencyCycles > 8,
             "bo_tile_ctrl: ReadLatencyCycles: expected 1..8, got %0d", ReadLatencyCycles)
  `BO_REFUSE(gen_bad_acc_depth, AccDepth < 1 || AccDepth > 16777216,
             "bo_tile_ctrl: AccDepth: expected 1..16777216, got %0d", AccDepth)

  // Load side
  logic                      load_busy_d, load_busy_q;
  logic                      loaded_d, loaded_q;
  logic [BankIndexWidth-1:0] load_bank_d, load_bank_q;
  logic [BankAddrWidth-1:0]  load_row_d, load_row_q;
  logic [SlotWidth-1:0]      load_slot_d, load_slot_q;
  logic [CodesWidth-1:0]     load_rows_d, load_rows_q;    // words still to fetch
  logic [CodesWidth-1:0]     load_codes_d, load_codes_q;  // codes still to fetch
  logic [RowsWidth-1:0]      load_k_d, load_k_q;
  logic [ColsWidth-1:0]      load_n_d, load_n_q;
  logic [AccAddrWidth-1:0]   load_m_d, load_m_q;
  logic                      load_accumulate_d, load_accumulate_q;
  logic                      load_last_d, load_last_q;
  logic [3:0]                load_bits_d, load_bits_q;
  logic                      load_signed_d, load_signed_q;
  logic [SlotWidth-1:0]      load_codes_per_row_d, load_codes_per_row_q;
  logic [RowsWidth-1:0]      shifts_d, shifts_q;          // shifts done, 0..Rows

  // Words on their way from the banks: stage s in bit or field s
  logic [ReadLatencyCycles-1:0]                word_valid_d, word_valid_q;
  logic [ReadLatencyCycles*SlotWidth-1:0]      word_slot_d, word_slot_q;
  logic [ReadLatencyCycles*SlotWidth-1:0]      word_count_d, word_count_q;
  logic [ReadLatencyCycles*BankIndexWidth-1:0] word_bank_d, word_bank_q;

  // Stream side
  logic [AccAddrWidth-1:0] stream_left_d, stream_left_q;  // vectors still to enter, 0: idle
  logic [AccAddrWidth-1:0] stream_addr_d, stream_addr_q;
  logic [RowsWidth-1:0]    stream_k_d, stream_k_q;
  logic                    stream_accumulate_d, stream_accumulate_q;
  logic                    stream_last_d, stream_last_q;

  logic start, streaming, accept, fetch, unused_row, shift, take;

  assign start        = loaded_q && stream_left_q == '0;
  assign streaming    = start || stream_left_q != '0;
  assign tile_ready_o = (!load_busy_q && !loaded_q) || start;
  assign accept       = tile_ready_o && tile_valid_i;
  assign fetch        = load_busy_q && load_rows_q != '0;
  assign unused_row   = shifts_q < RowsWidth'(Rows) - load_k_q;
  assign shift        = load_busy_q && (unused_row || buffer_ready_i);
  assign take         = shift && !unused_row;
  assign load_o       = shift && shifts_q == RowsWidth'(Rows - 1);

  logic [SlotWidth-1:0] word_left, word_count;
  logic                 bank_end;

  assign word_left  = load_codes_per_row_q - load_slot_q;
  assign word_count = 32'(load_codes_q) < 32'(word_left) ? SlotWidth'(load_codes_q) : word_left;
  assign bank_end   = load_row_q == BankAddrWidth'(BankRows - 1);

  always_comb begin
    load_busy_d          = load_busy_q;
    loaded_d             = loaded_q;
    load_bank_d          = load_bank_q;
    load_row_d           = load_row_q;
    load_slot_d          = load_slot_q;
    load_rows_d          = load_rows_q;
    load_codes_d         = load_codes_q;
    load_k_d             = load_k_q;
    load_n_d             = load_n_q;
    load_m_d             = load_m_q;
    load_accumulate_d    = load_accumulate_q;
    load_last_d          = load_last_q;
    load_bits_d          = load_bits_q;
    load_signed_d        = load_signed_q;
    load_codes_per_row_d = load_codes_per_row_q;
    shifts_d             = shifts_q;

    if (accept) begin
      load_busy_d          = 1'b1;
      loaded_d             = 1'b0;
      load_bank_d          = tile_bank_i;
      load_row_d           = tile_row_i;
      load_slot_d          = tile_slot_i;
      load_rows_d          = tile_rows_i;
      load_codes_d         = CodesWidth'(tile_k_i) * CodesWidth'(tile_n_i);
      load_k_d             = tile_k_i;
      load_n_d             = tile_n_i;
      load_m_d             = tile_m_i;
      load_accumulate_d    = tile_accumulate_i;
      load_last_d          = tile_last_i;
      load_bits_d          = tile_bits_i;
      load_signed_d        = tile_signed_i;
      load_codes_per_row_d = tile_codes_per_row_i;
      shifts_d             = '0;
    end else begin
      if (fetch) begin
        load_codes_d = load_codes_q - CodesWidth'(word_count);
        load_slot_d  = '0;
        load_rows_d  = load_rows_q - CodesWidth'(1);
        load_row_d   = bank_end ? '0 : load_row_q + BankAddrWidth'(1);
        if (bank_end) begin
          load_bank_d =
              load_bank_q == BankIndexWidth'(Banks - 1) ? '0 : load_bank_q + BankIndexWidth'(1);
        end
      end
      if (shift) begin
        shifts_d = shifts_q + RowsWidth'(1);
      end
      if (load_o) begin
        load_busy_d = 1'b0;
        loaded_d    = 1'b1;
      end else if (start) begin
        loaded_d    = 1'b0;
      end
    end
  end

  logic [SlotWidth-1:0]      unused_slot, unused_count;
  logic [BankIndexWidth-1:0] unused_bank;
  logic                      unused_valid;

  // Stage 0 keeps what it has until the next word is fetched, as the bank keeps its data.
  assign {unused_valid, word_valid_d} = {word_valid_q, fetch};
  assign {unused_slot, word_slot_d} =
      {word_slot_q, fetch ? load_slot_q : word_slot_q[0 +: SlotWidth]};
  assign {unused_count, word_count_d} =
      {word_count_q, fetch ? word_count : word_count_q[0 +: SlotWidth]};
  assign {unused_bank, word_bank_d} =
      {word_bank_q, fetch ? load_bank_q : word_bank_q[0 +: BankIndexWidth]};

  always_comb begin
    stream_left_d       = stream_left_q;
    stream_addr_d       = stream_addr_q;
    stream_k_d          = stream_k_q;
    stream_accumulate_d = stream_accumulate_q;
    stream_last_d       = stream_last_q;
    if (start) begin
      stream_left_d       = load_m_q - AccAddrWidth'(1);
      stream_addr_d       = AccAddrWidth'(1);
      stream_k_d          = load_k_q;
      stream_accumulate_d = load_accumulate_q;
      stream_last_d       = load_last_q;
    end else if (streaming) begin
      stream_left_d = stream_left_q - AccAddrWidth'(1);
      stream_addr_d = stream_addr_q + AccAddrWidth'(1);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      load_busy_q          <= 1'b0;
      loaded_q             <= 1'b0;
      load_bank_q          <= '0;
      load_row_q           <= '0;
      load_slot_q          <= '0;
      load_rows_q          <= '0;
      load_codes_q         <= '0;
      load_k_q             <= '0;
      load_n_q             <= '0;
      load_m_q             <= '0;
      load_accumulate_q    <= 1'b0;
      load_last_q          <= 1'b0;
      load_bits_q          <= '0;
      load_signed_q        <= 1'b0;
      load_codes_per_row_q <= '0;
      shifts_q             <= '0;
      word_valid_q         <= '0;
      word_slot_q          <= '0;
      word_count_q         <= '0;
      word_bank_q          <= '0;
      stream_left_q        <= '0;
      stream_addr_q        <= '0;
      stream_k_q           <= '0;
      stream_accumulate_q  <= 1'b0;
      stream_last_q        <= 1'b0;
    end else begin
      load_busy_q          <= load_busy_d;
      loaded_q             <= loaded_d;
      load_bank_q          <= load_bank_d;
      load_row_q           <= load_row_d;
      load_slot_q          <= load_slot_d;
      load_rows_q          <= load_rows_d;
      load_codes_q         <= load_codes_d;
      load_k_q             <= load_k_d;
      load_n_q             <= load_n_d;
      load_m_q             <= load_m_d;
      load_accumulate_q    <= load_accumulate_d;
      load_last_q          <= load_last_d;
      load_bits_q          <= load_bits_d;
      load_signed_q        <= load_signed_d;
      load_codes_per_row_q <= load_codes_per_row_d;
      shifts_q             <= shifts_d;
      word_valid_q         <= word_valid_d;
      word_slot_q          <= word_slot_d;
      word_count_q         <= word_count_d;
      word_bank_q          <= word_bank_d;
      stream_left_q        <= stream_left_d;
      stream_addr_q        <= stream_addr_d;
      stream_k_q           <= stream_k_d;
      stream_accumulate_q  <= stream_accumulate_d;
      stream_last_q        <= stream_last_d;
    end
  end

  // Banks and weight buffer
  assign bank_req_o     = fetch;
  assign bank_o         = load_bank_q;
  assign bank_row_o     = load_row_q;
  assign word_bank_o    = word_bank_q[(ReadLatencyCycles-1)*BankIndexWidth +: BankIndexWidth];
  assign buffer_clear_o = accept;
  assign word_valid_o   = word_valid_q[ReadLatencyCycles-1];
  assign word_bits_o    = load_bits_q;
  assign word_slot_o    = word_slot_q[(ReadLatencyCycles-1)*SlotWidth +: SlotWidth];
  assign word_count_o   = word_count_q[(ReadLatencyCycles-1)*SlotWidth +: SlotWidth];
  assign buffer_take_o  = take;
  assign buffer_cols_o  = load_n_q;

  // Lanes: zero points are subtracted here, at the edge of the array
  logic [RowsWidth-1:0] act_lanes;
  logic [8:0]           code_sign;  // the bit that counts negative

  assign act_ready_o = streaming;
  assign first_o     = start;
  assign shift_o     = shift;
  assign act_lanes   = start ? load_k_q : stream_k_q;
  assign code_sign   = load_signed_q ? 9'd1 << (load_bits_q - 4'd1) : 9'd0;

  for (genvar r = 0; r < Rows; r++) begin : gen_act
    assign act_o[r*9 +: 9] = streaming && RowsWidth'(r) < act_lanes
        ? 9'(act_i[r*8 +: 8]) - 9'(act_zero_i) : 9'd0;
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_weight
    assign weight_o[c*9 +: 9] = take && ColsWidth'(c) < load_n_q
        ? (9'(buffer_code_i[c*8 +: 8]) ^ code_sign) - code_sign - weight_zero_i[c*9 +: 9] : 9'd0;
  end

  // Accumulator token
  logic [AccAddrWidth-1:0] token_addr;
  logic                    token_accumulate, token_last;

  assign token_addr       = start ? '0 : stream_addr_q;
  assign token_accumulate = start ? load_accumulate_q : stream_accumulate_q;
  assign token_last       = start ? load_last_q : stream_last_q;

  if (Rows == 1) begin : gen_no_token_delay
    assign token_valid_o      = streaming;
    assign token_addr_o       = token_addr;
    assign token_accumulate_o = token_accumulate;
    assign token_last_o       = token_last;
  end else begin : gen_token_delay
    logic [Rows-2:0]                  token_valid_d, token_valid_q;
    logic [(Rows-1)*AccAddrWidth-1:0] token_addr_d, token_addr_q;
    logic [Rows-2:0]                  token_accumulate_d, token_accumulate_q;
    logic [Rows-2:0]                  token_last_d, token_last_q;

    assign {token_valid_o, token_valid_d}           = {token_valid_q, streaming};
    assign {token_addr_o, token_addr_d}             = {token_addr_q, token_addr};
    assign {token_accumulate_o, token_accumulate_d} = {token_accumulate_q, token_accumulate};
    assign {token_last_o, token_last_d}             = {token_last_q, token_last};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        token_valid_q      <= '0;
        token_addr_q       <= '0;
        token_accumulate_q <= '0;
        token_last_q       <= '0;
      end else begin
        token_valid_q      <= token_valid_d;
        token_addr_q       <= token_addr_d;
        token_accumulate_q <= token_accumulate_d;
        token_last_q       <= token_last_d;
      end
    end
  end

endmodule
