# at["NAME"]: column of a CSV as written by `brownout export`; the script behind this one gets the rows only.
BEGIN { FS = "," }
FNR == 1 {
  delete at
  for (i = 1; i <= NF; i++) {
    at[$i] = i
  }
  next
}
