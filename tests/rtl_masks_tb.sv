// Loads the masks of one bank after the other into bo_weight_bank, writes the words of a network and
// reads back those of the network that export-faulty wrote; then random words against masks that
// this file loaded for itself. Prints its checks; a run of none fails.
//   +masks=DIR   bank_000_and.hex, ... as `brownout masks` writes them
//   +words=DIR   bank_000_clean.hex and bank_000_faulty.hex, one word a row
module rtl_masks_tb;

  parameter Banks   = 32;
  parameter Rows    = 512;
  parameter Width   = 64;
  parameter Latency = 1;

  localparam AddrWidth = Rows > 1 ? $clog2(Rows) : 1;

  reg                 clk, rst_n, req, we;
  reg [AddrWidth-1:0] addr;
  reg [Width-1:0]     wdata;
  wire [Width-1:0]    rdata;

  reg [Width-1:0] clean[0:Rows-1], faulty[0:Rows-1];
  reg [Width-1:0] and_mask[0:Rows-1], or_mask[0:Rows-1], xor_mask[0:Rows-1];
  reg [1023:0]    masks, words, name;
  integer         bank, row, checks, failures, changed, seed;

  bo_weight_bank #(.Rows(Rows), .Width(Width), .ReadLatencyCycles(Latency)) dut (
    .clk_i(clk), .rst_ni(rst_n),
    .req_i(req), .we_i(we), .addr_i(addr), .wdata_i(wdata), .rdata_o(rdata),
    .mask_we_i(1'b0), .mask_addr_i({AddrWidth{1'b0}}),
    .and_mask_i({Width{1'b0}}), .or_mask_i({Width{1'b0}}), .xor_mask_i({Width{1'b0}})
  );

  always #5 clk = !clk;

  task load;
    begin
      $sformat(name, "%0s/bank_%03d_and.hex", masks, bank);
      $readmemh(name, dut.and_mask, 0, Rows - 1);
      $readmemh(name, and_mask, 0, Rows - 1);
      $sformat(name, "%0s/bank_%03d_or.hex", masks, bank);
      $readmemh(name, dut.or_mask, 0, Rows - 1);
      $readmemh(name, or_mask, 0, Rows - 1);
      $sformat(name, "%0s/bank_%03d_xor.hex", masks, bank);
      $readmemh(name, dut.xor_mask, 0, Rows - 1);
      $readmemh(name, xor_mask, 0, Rows - 1);
      $sformat(name, "%0s/bank_%03d_clean.hex", words, bank);
      $readmemh(name, clean, 0, Rows - 1);
      $sformat(name, "%0s/bank_%03d_faulty.hex", words, bank);
      $readmemh(name, faulty, 0, Rows - 1);
    end
  endtask

  // Writes the words of `clean`, reads them back and compares them with those of `faulty`.
  task write_and_read;
    begin
      for (row = 0; row < Rows; row = row + 1) begin
        @(negedge clk) req = 1;
        we    = 1;
        addr  = row;
        wdata = clean[row];
      end
      for (row = 0; row < Rows; row = row + 1) begin
        @(negedge clk) req = 1;
        we   = 0;
        addr = row;
        repeat (Latency) begin
          @(negedge clk) req = 0;
        end
        checks  = checks + 1;
        changed = changed + (rdata !== clean[row]);
        if (rdata !== faulty[row]) begin
          failures = failures + 1;
          if (failures <= 5)
            $display("bank %0d row %0d: %h: expected %h, got %h", bank, row, clean[row],
                     faulty[row], rdata);
        end
      end
    end
  endtask

  initial begin
    clk = 0; rst_n = 0; req = 0; we = 0; addr = 0; wdata = 0; checks = 0; failures = 0;
    changed = 0; seed = 1;
    if (!$value$plusargs("masks=%s", masks) || !$value$plusargs("words=%s", words)) begin
      $display("rtl_masks_tb: expected +masks=DIR +words=DIR");
      $finish_and_return(1);
    end
    @(negedge clk) rst_n = 1;
    for (bank = 0; bank < Banks; bank = bank + 1) begin
      load;
      write_and_read;
      for (row = 0; row < Rows; row = row + 1) begin
        clean[row]  = {$random(seed), $random(seed)};
        faulty[row] = ((clean[row] & and_mask[row]) | or_mask[row]) ^ xor_mask[row];
      end
      write_and_read;
    end
    if (failures > 0 || checks == 0 || changed == 0) begin
      $display("rtl_masks_tb: %0d of %0d checks failed, %0d words changed", failures, checks,
               changed);
      $finish_and_return(1);
    end
    $display("rtl_masks_tb: latency %0d: %0d words read as expected, %0d of them changed", Latency,
             checks, changed);
    $finish;
  end

endmodule
