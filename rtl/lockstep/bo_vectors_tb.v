// Plays what `brownout vectors` wrote to a design with the ports of bo_core, and compares all of its
// outputs in every cycle. Prints the first difference, or how many cycles were equal; a difference
// ends the simulation with $fatal, which simulators turn into an exit code other than 0.
//
//   DUT              macro: the module to be checked, default bo_core
//   vectors.vh       its parameters: found in the folder of the vectors, an include directory
//   +vectors=DIR     the folder of the vectors
//   +vcd=FILE        waveform of everything, with the hierarchy of vectors.vcd
//
// Inputs change half a cycle before the clock edge, outputs are compared just before it.
`timescale 1ns / 1ps
`ifndef DUT
`define DUT bo_core
`endif

module bo_vectors_tb;

  `include "vectors.vh"

  localparam BankIndexWidth = WeightBanks > 1 ? $clog2(WeightBanks) : 1;
  localparam BankAddrWidth  = BankRows > 1 ? $clog2(BankRows) : 1;
  localparam SlotWidth      = $clog2(BankWidth + 1);
  localparam CodesWidth     = $clog2(ArrayRows * ArrayCols + 1);
  localparam RowsWidth      = $clog2(ArrayRows + 1);
  localparam ColsWidth      = $clog2(ArrayCols + 1);
  localparam AccAddrWidth   = $clog2(AccDepth + 1);

  // The files, a line a cycle. The last three are what must come out.
  reg [143:0]            tiles[0:Cycles-1];
  reg [ArrayRows*8-1:0]  acts[0:Cycles-1];
  reg [7:0]              act_zeros[0:Cycles-1];
  reg [ArrayCols*9-1:0]  weight_zeros[0:Cycles-1];
  reg [1:0]              readies[0:Cycles-1];
  reg [ArrayCols-1:0]    sum_valids[0:Cycles-1];
  reg [ArrayCols*32-1:0] sums[0:Cycles-1];

  // One bank: what the host writes.
  reg [BankWidth-1:0] words[0:BankRows-1];
  reg [BankWidth-1:0] and_masks[0:BankRows-1];
  reg [BankWidth-1:0] or_masks[0:BankRows-1];
  reg [BankWidth-1:0] xor_masks[0:BankRows-1];

  reg                      clk_i, rst_ni;
  reg                      host_req, mask_we;
  reg [BankIndexWidth-1:0] host_bank;
  reg [BankAddrWidth-1:0]  host_row;
  reg [BankWidth-1:0]      wdata, and_mask, or_mask, xor_mask;
  reg [143:0]              tile;
  reg [ArrayRows*8-1:0]    act;
  reg [7:0]                act_zero;
  reg [ArrayCols*9-1:0]    weight_zero;
  wire                     tile_ready, act_ready;
  wire [ArrayCols-1:0]     sum_valid;
  wire [ArrayCols*32-1:0]  sum;

  integer        cycle;  // -1: not begun
  integer        bank, row, column, delivered;
  reg [8*1024:1] folder, file;

  `DUT #(
    .ArrayRows(ArrayRows), .ArrayCols(ArrayCols), .WeightBanks(WeightBanks), .BankRows(BankRows),
    .BankWidth(BankWidth), .WeightReadLatencyCycles(WeightReadLatencyCycles), .AccDepth(AccDepth)
  ) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .host_req_i(host_req), .host_we_i(host_req), .host_bank_i(host_bank), .host_row_i(host_row),
    .host_wdata_i(wdata), .mask_we_i(mask_we),
    .and_mask_i(and_mask), .or_mask_i(or_mask), .xor_mask_i(xor_mask),
    .tile_valid_i(tile[140]), .tile_ready_o(tile_ready),
    .tile_last_i(tile[136]), .tile_accumulate_i(tile[132]), .tile_signed_i(tile[128]),
    .tile_bits_i(tile[127:124]), .tile_codes_per_row_i(tile[116 +: SlotWidth]),
    .tile_slot_i(tile[108 +: SlotWidth]), .tile_rows_i(tile[88 +: CodesWidth]),
    .tile_bank_i(tile[72 +: BankIndexWidth]), .tile_row_i(tile[56 +: BankAddrWidth]),
    .tile_k_i(tile[44 +: RowsWidth]), .tile_n_i(tile[32 +: ColsWidth]),
    .tile_m_i(tile[0 +: AccAddrWidth]),
    .act_ready_o(act_ready), .act_i(act), .act_zero_i(act_zero), .weight_zero_i(weight_zero),
    .sum_valid_o(sum_valid), .sum_o(sum)
  );

  always #0.5 clk_i = !clk_i;

  task load_ports;
    begin
      $sformat(file, "%0s/tile.hex", folder);
      $readmemh(file, tiles, 0, Cycles - 1);
      $sformat(file, "%0s/act.hex", folder);
      $readmemh(file, acts, 0, Cycles - 1);
      $sformat(file, "%0s/act_zero.hex", folder);
      $readmemh(file, act_zeros, 0, Cycles - 1);
      $sformat(file, "%0s/weight_zero.hex", folder);
      $readmemh(file, weight_zeros, 0, Cycles - 1);
      $sformat(file, "%0s/ready.hex", folder);
      $readmemh(file, readies, 0, Cycles - 1);
      $sformat(file, "%0s/sum_valid.hex", folder);
      $readmemh(file, sum_valids, 0, Cycles - 1);
      $sformat(file, "%0s/sum.hex", folder);
      $readmemh(file, sums, 0, Cycles - 1);
    end
  endtask

  task load_bank;
    begin
      $sformat(file, "%0s/bank_%03d_words.hex", folder, bank);
      $readmemh(file, words, 0, BankRows - 1);
      $sformat(file, "%0s/bank_%03d_and.hex", folder, bank);
      $readmemh(file, and_masks, 0, BankRows - 1);
      $sformat(file, "%0s/bank_%03d_or.hex", folder, bank);
      $readmemh(file, or_masks, 0, BankRows - 1);
      $sformat(file, "%0s/bank_%03d_xor.hex", folder, bank);
      $readmemh(file, xor_masks, 0, BankRows - 1);
    end
  endtask

  // Through the host port, a word and its masks a cycle.
  task fill_banks;
    begin
      for (bank = 0; bank < WeightBanks; bank = bank + 1) begin
        load_bank;
        for (row = 0; row < BankRows; row = row + 1) begin
          @(negedge clk_i);
          host_bank = bank;
          host_row  = row;
          wdata     = words[row];
          and_mask  = and_masks[row];
          or_mask   = or_masks[row];
          xor_mask  = xor_masks[row];
          host_req  = 1;
          mask_we   = 1;
        end
      end
      @(negedge clk_i);
      host_req = 0;
      mask_we  = 0;
    end
  endtask

  task compare_outputs;
    begin
      if (tile_ready !== readies[cycle][1]) begin
        $display("bo_vectors_tb: cycle %0d: tile_ready_o: expected %b, got %b", cycle,
                 readies[cycle][1], tile_ready);
        $fatal(1);
      end
      if (act_ready !== readies[cycle][0]) begin
        $display("bo_vectors_tb: cycle %0d: act_ready_o: expected %b, got %b", cycle,
                 readies[cycle][0], act_ready);
        $fatal(1);
      end
      if (sum_valid !== sum_valids[cycle]) begin
        $display("bo_vectors_tb: cycle %0d: sum_valid_o: expected %b, got %b", cycle,
                 sum_valids[cycle], sum_valid);
        $fatal(1);
      end
      for (column = 0; column < ArrayCols; column = column + 1) begin
        delivered = delivered + (sum_valid[column] === 1'b1);
        if (sum[column*32 +: 32] !== sums[cycle][column*32 +: 32]) begin
          $display("bo_vectors_tb: cycle %0d: sum_o, column %0d: expected %h, got %h", cycle,
                   column, sums[cycle][column*32 +: 32], sum[column*32 +: 32]);
          $fatal(1);
        end
      end
    end
  endtask

  initial begin
    clk_i = 1; rst_ni = 0; host_req = 0; mask_we = 0; host_bank = 0; host_row = 0; wdata = 0;
    and_mask = 0; or_mask = 0; xor_mask = 0; tile = 0; act = 0; act_zero = 0; weight_zero = 0;
    cycle = -1; delivered = 0;
    if (!$value$plusargs("vectors=%s", folder)) begin
      $display("bo_vectors_tb: expected +vectors=DIR");
      $fatal(1);
    end
    if ($value$plusargs("vcd=%s", file)) begin
      $dumpfile(file);
      $dumpvars(0, bo_vectors_tb);
    end
    load_ports;
    @(negedge clk_i) rst_ni = 1;
    fill_banks;
    // Cycle 0 lies between the edge that comes now and the next one.
    @(posedge clk_i);
    for (cycle = 0; cycle < Cycles; cycle = cycle + 1) begin
      @(negedge clk_i);
      tile        = tiles[cycle];
      act         = acts[cycle];
      act_zero    = act_zeros[cycle];
      weight_zero = weight_zeros[cycle];
      #0.4 compare_outputs;
      @(posedge clk_i);
    end
    if (delivered != Sums || Sums == 0) begin
      $display("bo_vectors_tb: expected %0d sums, got %0d", Sums, delivered);
      $fatal(1);
    end
    $display("bo_vectors_tb: %0d cycles equal, %0d tiles, %0d sums", Cycles, Tiles, Sums);
    $finish;
  end

endmodule
