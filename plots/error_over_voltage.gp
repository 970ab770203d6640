# Robust error over supply voltage, one line a model, profile and placement. CSV as written by `brownout export`.
csv = ARG1
out = ARG2
folder = ARG0[1:strlen(ARG0) - strlen("error_over_voltage.gp")]
load folder."common.gp"
x_of(row) = column("vdd_ratio")
free_corner = "top right"
load folder."models.gp"

set title "Robust error over supply voltage of the weight SRAM" offset 0, 1.2
set xlabel "supply voltage V/V_{min}"
eval "plot ".error_lines
eval draw_svg
