# What the figures of a sweep share: one line a model, profile and placement, robust error with its
# interval, clean error dashed. CSV as written by `brownout export`. Before: x_of(row), x of the row
# that is being read, or NaN; free_corner, where a few names can stand inside the figure.

# Lists of quoted names, in the order of the file. A line is called as its model, and as its profile and
# its placement where there are others.
noted(list, name) = strstrt(list, '"'.name.'"') > 0 ? list : list.' "'.name.'"'
profiles = ""
placements = ""
lines = ""
stats csv using (profiles = noted(profiles, strcol("profile")), placements = noted(placements, strcol("placement")), 1) nooutput
line_of(row) = strcol("model").(words(profiles) > 1 ? ", ".strcol("profile") : "").(words(placements) > 1 ? ", ".strcol("placement") : "")
stats csv using (lines = noted(lines, line_of($0)), 1) nooutput
name_of(i) = word(lines, i)
of_line(i, value) = line_of($0) eq word(lines, i) ? value : NaN

# Few short names stand inside the figure, others below it; long ones small and one a row.
longest = 0
do for [i=1:words(lines)] { longest = strlen(name_of(i)) > longest ? strlen(name_of(i)) : longest }
names_inside = words(lines) <= 6 && longest <= 40
if (names_inside) {
  eval "set key inside ".free_corner
} else {
  columns = longest > 40 ? 1 : 2
  font = longest > 40 ? ",9" : ",13"
  set key font font outside below center maxcols columns title " "
  height = height + 24 * (1 + int((words(lines) + columns - 1) / columns))
  set terminal pngcairo size width, height font "DejaVu Sans,13"
}
set tmargin 4
set autoscale xfix
set offsets graph 0.02, graph 0.02, 0, 0

# From the clean error to guessing among ten classes is more than a decade.
stats csv using (column("clean_error_pct")) name "clean" nooutput
set logscale y
set yrange [clean_min > 0 ? 0.8 * clean_min : 0.01:100]
set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
set format y "%g"
set ylabel "robust error (%)"
note = "robust error: test error with bit errors, mean over chips; bars: 95 % interval of the mean; dashed: clean error"
set label 1 note at graph 0.5, graph 1.03 center font ",11" textcolor rgb "#555555"

# To be evaluated behind "plot".
error_lines = 'for [i=1:words(lines)] csv using (of_line(i, x_of($0))):"clean_error_pct" with lines lw 1.5 dt 2 lc rgb color_of(i) notitle, for [i=1:words(lines)] csv using (of_line(i, x_of($0))):"robust_error_pct_mean":"robust_error_pct_ci95_low":"robust_error_pct_ci95_high" with yerrorbars lw 1.5 pt 0 lc rgb color_of(i) notitle, for [i=1:words(lines)] csv using (of_line(i, x_of($0))):"robust_error_pct_mean" with linespoints lw 2 pt shape_of(i) ps 1.3 lc rgb color_of(i) title name_of(i)'
