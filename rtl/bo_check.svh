// Refuses an illegal parameter while the design is elaborated: Label names the generate block, Text
// says which parameter, its range and, with %0d, the value that was found.
// Icarus 11 knows no $error outside of a process and refuses at the start of the simulation.
`ifndef BO_CHECK_SVH
`define BO_CHECK_SVH

`ifdef __ICARUS__
`define BO_REFUSE(Label, Illegal, Text, Value) \
  if (Illegal) begin : Label \
    initial $fatal(1, Text, Value); \
  end
`else
`define BO_REFUSE(Label, Illegal, Text, Value) \
  if (Illegal) begin : Label \
    $error(Text, Value); \
  end
`endif

`endif
