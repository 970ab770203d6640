# Rows of the named models, in the order of the names, from CSV as written by `brownout export`.
#   awk -v models="A B" -f pick.awk RESULTS.csv
BEGIN {
  FS = ","
  names = split(models, name, " ")
}
FNR == 1 {
  if (NR == 1) {
    print
  }
  next
}
{ rows[$1] = rows[$1] $0 "\n" }
END {
  for (i = 1; i <= names; i++) {
    if (!(name[i] in rows)) {
      print "pick.awk: no results of " name[i] > "/dev/stderr"
      exit 1
    }
    printf "%s", rows[name[i]]
  }
}
