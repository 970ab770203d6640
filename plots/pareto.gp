# Robust error over energy saving, one line a model, profile and placement: on the left the saving of weight-SRAM access
# energy, as published, on the right that of the whole machine. CSV as written by `brownout export`.
csv = ARG1
out = ARG2
folder = ARG0[1:strlen(ARG0) - strlen("pareto.gp")]
load folder."common.gp"
width = 1200
x_of(row) = column(saving)
free_corner = "top left"
load folder."models.gp"
set terminal pngcairo size width, height font "DejaVu Sans,13"
set tmargin 1
set offsets 0, graph 0.02, 0, 0

# Names stand in the left panel only, unless they are below both.
unset label 1
array panel[2]
panel[1] = 'saving = "sram_energy_saving_pct"; set xlabel "saving of weight-SRAM access energy (%)"; name_of(i) = word(lines, i)'
panel[2] = 'saving = "total_energy_saving_pct"; set xlabel "saving of all energy of an inference (%)"; name_of(i) = names_inside ? "" : word(lines, i)'
draw = 'set multiplot layout 1, 2 title "Robust error over energy saving\n{/*0.85 ".note."}"; do for [k=1:2] { eval panel[k]; eval "plot ".error_lines }; unset multiplot; set output'
eval draw
set terminal svg size width, height font "DejaVu Sans,13" background "#ffffff"
set output out.".svg"
eval draw
