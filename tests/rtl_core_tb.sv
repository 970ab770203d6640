// Random tiles through bo_core against a loop over the matrix product. Banks hold random words; a
// tile reads its codes from anywhere in them, through the masks when Masked is 1. Every cycle it
// checks which columns deliver a sum, and its value; for every tile, the cycle in which it is
// accepted and the one in which its first vector enters. Prints its checks; a run of none fails.
module rtl_core_tb;

  parameter Rows     = 3;
  parameter Cols     = 5;
  parameter Banks    = 3;
  parameter BankRows = 8;
  parameter Width    = 16;
  parameter Latency  = 1;
  parameter AccDepth = 8;
  parameter Masked   = 0;
  parameter Tiles    = 200;
  parameter Seed     = 1;

  localparam MaxCycles = Tiles * (AccDepth + Rows + Rows * Cols + Latency + 40);
  localparam Horizon   = 1024;  // cycles between a vector and its last sum are fewer

  localparam BankIndexWidth = Banks > 1 ? $clog2(Banks) : 1;
  localparam BankAddrWidth  = BankRows > 1 ? $clog2(BankRows) : 1;
  localparam SlotWidth      = $clog2(Width + 1);
  localparam CodesWidth     = $clog2(Rows * Cols + 1);
  localparam RowsWidth      = $clog2(Rows + 1);
  localparam ColsWidth      = $clog2(Cols + 1);
  localparam AccAddrWidth   = $clog2(AccDepth + 1);

  reg clk, rst_n;
  integer cycle, checks, failures, changed_weights;
  reg [31:0] state;

  // Descriptors
  integer tile_bank[0:Tiles-1], tile_row[0:Tiles-1], tile_slot[0:Tiles-1], tile_rows[0:Tiles-1];
  integer tile_bits[0:Tiles-1], tile_signed[0:Tiles-1], tile_gap[0:Tiles-1];
  integer tile_k[0:Tiles-1], tile_n[0:Tiles-1], tile_m[0:Tiles-1];
  integer tile_group[0:Tiles-1];  // first tile of the same sums
  integer tile_last[0:Tiles-1];
  integer accepted[0:Tiles-1], started[0:Tiles-1];

  // What the banks hold, and what they deliver
  reg [Width-1:0] stored[0:Banks*BankRows-1], delivered[0:Banks*BankRows-1];
  reg [8:0] zero[0:Cols-1];

  // What is due: Horizon cycles for each column
  reg               due[0:Horizon*Cols-1];
  reg signed [31:0] due_sum[0:Horizon*Cols-1];

  reg                 host_req, mask_we, tile_valid, taken;
  reg [Width-1:0]     wdata, and_mask, or_mask, xor_mask;
  integer             host_bank, host_row, offered, streaming, vector;
  reg [Rows*8-1:0]    act;
  reg [7:0]           act_zero;
  reg [Cols*9-1:0]    weight_zero;
  wire                tile_ready, act_ready;
  wire [Cols-1:0]     sum_valid;
  wire [Cols*32-1:0]  sum;

  bo_core #(
    .ArrayRows(Rows), .ArrayCols(Cols), .WeightBanks(Banks), .BankRows(BankRows),
    .BankWidth(Width), .WeightReadLatencyCycles(Latency), .AccDepth(AccDepth)
  ) dut (
    .clk_i(clk), .rst_ni(rst_n),
    .host_req_i(host_req), .host_we_i(host_req),
    .host_bank_i(host_bank[BankIndexWidth-1:0]), .host_row_i(host_row[BankAddrWidth-1:0]),
    .host_wdata_i(wdata), .mask_we_i(mask_we),
    .and_mask_i(and_mask), .or_mask_i(or_mask), .xor_mask_i(xor_mask),
    .tile_valid_i(tile_valid), .tile_ready_o(tile_ready),
    .tile_bank_i(tile_bank[offered][BankIndexWidth-1:0]),
    .tile_row_i(tile_row[offered][BankAddrWidth-1:0]),
    .tile_slot_i(tile_slot[offered][SlotWidth-1:0]),
    .tile_rows_i(tile_rows[offered][CodesWidth-1:0]),
    .tile_codes_per_row_i(codes_per_row[SlotWidth-1:0]),
    .tile_bits_i(tile_bits[offered][3:0]), .tile_signed_i(tile_signed[offered][0]),
    .tile_k_i(tile_k[offered][RowsWidth-1:0]), .tile_n_i(tile_n[offered][ColsWidth-1:0]),
    .tile_m_i(tile_m[offered][AccAddrWidth-1:0]),
    .tile_accumulate_i(tile_group[offered] != offered), .tile_last_i(tile_last[offered][0]),
    .act_ready_o(act_ready), .act_i(act), .act_zero_i(act_zero), .weight_zero_i(weight_zero),
    .sum_valid_o(sum_valid), .sum_o(sum)
  );
  wire [31:0] codes_per_row = Width / tile_bits[offered];

  // xorshift32, the same in every simulator: $random(seed) of Verilator 5.006 only shifts its seed.
  function [63:0] random_word(input integer words);
    integer i;
    for (i = 0; i < words; i = i + 1) begin
      state = state ^ (state << 13);
      state = state ^ (state >> 17);
      state = state ^ (state << 5);
      random_word = {random_word[31:0], state};
    end
  endfunction

  function integer draw(input integer below);
    draw = (random_word(1) & 64'h7fffffff) % below;
  endfunction

  // 1..max, often max. (No draw in an arm of ?:, of which a simulator may evaluate both.)
  function integer draw_size(input integer max);
    begin
      draw_size = 1 + draw(max);
      if (draw(3) == 0) draw_size = max;
    end
  endfunction

  // Input j of a vector: any function of its arguments that leaves no bit alone.
  function integer input_code(input integer tile, input integer vec, input integer j);
    input_code = (tile * 89 + vec * 57 + j * 151 + (tile * vec + 3) * (j + 7) * 13) & 255;
  endfunction

  // Code of input j for column c, from what is stored (0) or from what the banks deliver (1).
  function integer code(input integer tile, input integer j, input integer c, input integer masked);
    integer slot, address, value;
    begin
      slot    = tile_slot[tile] + j * tile_n[tile] + c;
      address = tile_bank[tile] * BankRows + tile_row[tile] + slot / (Width / tile_bits[tile]);
      address = address % (Banks * BankRows);
      slot    = slot % (Width / tile_bits[tile]);
      value   = (masked ? delivered[address] : stored[address]) >> (slot * tile_bits[tile]);
      value   = value & ((1 << tile_bits[tile]) - 1);
      if (tile_signed[tile] && value >= (1 << (tile_bits[tile] - 1)))
        value = value - (1 << tile_bits[tile]);
      code = value;
    end
  endfunction

  function integer expected_sum(input integer tile, input integer vec, input integer c);
    integer t, j;
    begin
      expected_sum = 0;
      for (t = tile_group[tile]; t <= tile; t = t + 1)
        for (j = 0; j < tile_k[t] && c < tile_n[t]; j = j + 1)
          expected_sum = expected_sum
            + (input_code(t, vec, j) - act_zero) * (code(t, j, c, 1) - zero[c]);
    end
  endfunction

  // Cycles from accepting a tile to the first one in which it may start.
  function integer load_cycles(input integer tile);
    integer per_word, shifted, fetched;
    begin
      per_word    = Width / tile_bits[tile];
      shifted     = (tile_slot[tile] + tile_n[tile] - 1) / per_word + tile_k[tile];
      fetched     = (tile_slot[tile] + tile_k[tile] * tile_n[tile] - 1) / per_word + 1;
      load_cycles = Latency + 2 + (shifted > fetched ? shifted : fetched);
      if (load_cycles < Rows + 1) load_cycles = Rows + 1;
    end
  endfunction

  task check(input integer got, input integer expected, input [20*8-1:0] what);
    begin
      checks = checks + 1;
      if (got !== expected) begin
        failures = failures + 1;
        if (failures <= 5)
          $display("cycle %0d, tile %0d: %0s: expected %0d, got %0d", cycle, streaming, what,
                   expected, got);
      end
    end
  endtask

  task draw_tiles;
    integer t, left, j, c;
    begin
      left = 0;
      for (t = 0; t < Tiles; t = t + 1) begin
        tile_bits[t]   = 1 + draw(8);
        tile_signed[t] = draw(2);
        tile_bank[t]   = draw(Banks);
        tile_row[t]    = draw(BankRows);
        tile_slot[t]   = draw(Width / tile_bits[t]);
        tile_gap[t]    = draw(40);
        if (draw(3) != 0) tile_gap[t] = 0;
        tile_k[t]      = draw_size(Rows);
        if (left == 0) begin
          left          = 1 + draw(3);
          tile_group[t] = t;
          tile_n[t]     = draw_size(Cols);
          tile_m[t]     = draw_size(AccDepth);
        end else begin
          tile_group[t] = tile_group[t-1];
          tile_n[t]     = tile_n[t-1];
          tile_m[t]     = tile_m[t-1];
        end
        left         = left - 1;
        tile_last[t] = left == 0 || t == Tiles - 1;
        tile_rows[t] = (tile_slot[t] + tile_k[t] * tile_n[t] - 1) / (Width / tile_bits[t]) + 1;
        for (j = 0; j < tile_k[t]; j = j + 1)
          for (c = 0; c < tile_n[t]; c = c + 1)
            changed_weights = changed_weights + (code(t, j, c, 0) != code(t, j, c, 1));
      end
    end
  endtask

  task fill_banks;
    integer a;
    begin
      for (a = 0; a < Banks * BankRows; a = a + 1) begin
        @(negedge clk);
        host_bank = a / BankRows;
        host_row  = a % BankRows;
        wdata     = random_word(2);
        and_mask  = random_word(2) | random_word(2);
        or_mask   = random_word(2) & random_word(2);
        xor_mask  = random_word(2) & random_word(2);
        host_req  = 1;
        mask_we   = Masked;
        stored[a]    = wdata;
        delivered[a] = Masked ? ((wdata & and_mask) | or_mask) ^ xor_mask : wdata;
      end
      @(negedge clk);
      host_req = 0;
      mask_we  = 0;
    end
  endtask

  // A vector enters in this cycle: give it, check its start, note when its sums are due.
  task enter_vector;
    integer r, c, earliest, slot;
    begin
      if (vector == 0) begin
        started[streaming] = cycle;
        earliest = accepted[streaming] + load_cycles(streaming);
        if (streaming > 0 && started[streaming-1] + tile_m[streaming-1] > earliest)
          earliest = started[streaming-1] + tile_m[streaming-1];
        check(cycle, earliest, "start");
      end
      for (r = 0; r < Rows; r = r + 1) begin
        act[r*8 +: 8] = draw(256);
        if (r < tile_k[streaming])
          act[r*8 +: 8] = input_code(streaming, vector, tile_k[streaming] - 1 - r);
      end
      if (tile_last[streaming])
        for (c = 0; c < Cols; c = c + 1) begin
          slot          = ((cycle + Rows + c + 1) % Horizon) * Cols + c;
          due[slot]     = 1;
          due_sum[slot] = expected_sum(streaming, vector, c);
        end
      vector = vector + 1;
      if (vector == tile_m[streaming]) begin
        vector    = 0;
        streaming = streaming + 1;
      end
    end
  endtask

  task check_sums;
    integer c, slot;
    begin
      for (c = 0; c < Cols; c = c + 1) begin
        slot = (cycle % Horizon) * Cols + c;
        check(sum_valid[c], due[slot], "sum_valid_o");
        if (due[slot]) check(sum[c*32 +: 32], due_sum[slot], "sum_o");
        due[slot] = 0;
      end
    end
  endtask

  // A tile is offered all the time, or from tile_gap cycles after the one before was accepted.
  task offer_tile;
    begin
      if (taken) begin
        accepted[offered] = cycle - 1;
        if (offered > 0 && tile_gap[offered] == 0)
          check(cycle - 1, started[offered-1], "accepted");
        offered = offered + 1;
      end
      tile_valid = offered < Tiles;
      if (offered > 0 && offered < Tiles)
        tile_valid = cycle > accepted[offered-1] + tile_gap[offered];
      taken = tile_valid && tile_ready;
    end
  endtask

  always #5 clk = !clk;

  // In the middle of a cycle: registers have their values, inputs are given for the next edge.
  initial begin : run
    integer i;
    clk = 0; rst_n = 0; state = Seed; checks = 0; failures = 0; changed_weights = 0; host_req = 0;
    mask_we = 0; tile_valid = 0; taken = 0; offered = 0; streaming = 0; vector = 0; cycle = -1;
    act = 0;
    act_zero = draw(256);
    for (i = 0; i < Cols; i = i + 1) begin
      zero[i] = draw(128);
      weight_zero[i*9 +: 9] = zero[i];
    end
    for (i = 0; i < Horizon * Cols; i = i + 1) due[i] = 0;
    for (i = 0; i < Banks * BankRows; i = i + 1) begin
      stored[i] = 0;
      delivered[i] = 0;
    end
    @(negedge clk) rst_n = 1;
    fill_banks;
    draw_tiles;
    cycle = 0;
    // After the last vector: until the last column of its sum, and a cycle more.
    i = 0;
    while (i < Rows + Cols + 3 && cycle < MaxCycles) begin
      @(negedge clk);
      check_sums;
      if (act_ready && streaming < Tiles) enter_vector;
      else if (act_ready) check(1, 0, "act_ready_o");
      offer_tile;
      if (streaming == Tiles) i = i + 1;
      cycle = cycle + 1;
    end
    check(streaming, Tiles, "tiles streamed");
    if (Masked) check(changed_weights > 0, 1, "masks change weights");
    else check(changed_weights, 0, "weights changed");
    if (failures > 0 || checks <= Tiles) begin
      $fatal(1, "%0d of %0d checks failed", failures, checks);
    end
    $display("%0dx%0d latency %0d: %0d tiles, %0d cycles, %0d weights changed, %0d checks passed",
             Rows, Cols, Latency, Tiles, cycle, changed_weights, checks);
    $finish;
  end

endmodule
