# Export the public data sets that the reference tests use (see data/SOURCE.md) from R's packages to data/*.csv.
suppressPackageStartupMessages({library(survey); library(MASS); library(ordinal)})
put <- function(frame, name) write.csv(frame, file.path("data", paste0(name, ".csv")), row.names = FALSE, na = "")

data(api); data(nhanes); data(scd)
keep <- c("cds", "stype", "snum", "dnum", "cnum", "pcttest", "api00", "api99", "target", "growth", "sch.wide", "comp.imp",
          "both", "awards", "meals", "ell", "yr.rnd", "mobility", "avg.ed", "full", "emer", "enroll")
# An ordered answer: bands of the performance index of 2000.
band <- function(frame) { frame$band <- as.integer(cut(frame$api00, c(0, 500, 600, 700, 800, 1000))); frame }
apistrat <- band(apistrat); apiclus1 <- band(apiclus1); apiclus2 <- band(apiclus2)
keep <- c(keep, "band")
put(apistrat[c(keep, "pw", "fpc")], "apistrat")
put(apiclus1[c(keep, "pw", "fpc")], "apiclus1")
put(apiclus2[c(keep, "pw", "fpc1", "fpc2")], "apiclus2")
put(nhanes, "nhanes")
put(scd, "scd")
put(MASS::housing, "housing")
put(ordinal::wine, "wine")
