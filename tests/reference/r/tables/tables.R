# Weighted tables, proportions with intervals, Rao-Scott tests and means, by R's survey package.
# Run in the folder of this file: Rscript tables.R (writes tables.json)
suppressPackageStartupMessages({library(survey); library(jsonlite)})
read <- function(name) read.csv(file.path("..", "data", paste0(name, ".csv")), stringsAsFactors = FALSE)
strat <- read("apistrat"); clus1 <- read("apiclus1"); clus2 <- read("apiclus2"); nhanes <- read("nhanes")
nhanes$HI_CHOL <- factor(nhanes$HI_CHOL)

designs <- list(
  strata = svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  clusters = svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  two_stages = svydesign(~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2),
  weights_only = svydesign(~1, weights = ~pw, data = strat))

# One proportion, with the intervals that survey has; Wilson's as the two roots of (p - x)^2 = z^2 x (1 - x) / n,
# found by a root search, with n the effective number as in svyciprop's beta method.
proportion <- function(indicator, design) {
  design <- update(design, y = indicator)
  m <- svymean(~y, design, deff = "replace")
  p <- unname(coef(m)); v <- vcov(m)[1, 1]
  n <- p * (1 - p) / v * (qt(.025, nrow(design) - 1) / qt(.025, degf(design)))^2
  f <- function(x) (p - x)^2 - qnorm(.975)^2 * x * (1 - x) / n
  wilson <- c(uniroot(f, c(0, p), tol = 1e-15)$root, uniroot(f, c(p, 1), tol = 1e-15)$root)
  ci <- function(method) as.vector(attr(svyciprop(~y, design, method = method), "ci"))
  list(p = p, se = sqrt(v), deff = unname(deff(m)), df = degf(design), n = nrow(design), logit = ci("xlogit"),
       logit_glm = ci("logit"), beta = ci("beta"), mean = ci("mean"), asin = ci("asin"), wilson = wilson)
}
frequencies <- function(name, design) {
  x <- as.character(design$variables[[name]])
  lapply(setNames(nm = sort(unique(x))), function(category) proportion(as.numeric(x == category), design))
}
chi <- function(form, design) {
  result <- function(kind) { t <- svychisq(form, design, statistic = kind)
    list(statistic = unname(t$statistic), parameter = unname(t$parameter), p = unname(t$p.value)) }
  list(F = result("F"), Chisq = result("Chisq"), Wald = result("Wald"), table = unclass(svytable(form, design)))
}
out <- list(version = as.character(packageVersion("survey")))
out$frequencies <- lapply(designs, function(d) frequencies("stype", d))
out$bands <- lapply(designs, function(d) frequencies("band", d))
out$chisq <- lapply(designs, function(d) chi(~sch.wide + stype, d))
out$chisq_bands <- lapply(designs[c("strata", "weights_only")], function(d) chi(~band + awards, d))
domain <- subset(designs$strata, api99 > 600 & !is.na(api99))
out$domain <- list(frequencies = frequencies("stype", domain), chisq = chi(~sch.wide + stype, domain))
clus_domain <- subset(designs$clusters, meals > 40)
out$cluster_domain <- list(frequencies = frequencies("sch.wide", clus_domain), chisq = chi(~sch.wide + awards, clus_domain))

# Column percents: each column is a domain.
out$columns <- lapply(designs, function(d) lapply(setNames(nm = c("No", "Yes")), function(column) {
  frequencies("stype", subset(d, sch.wide == column)) }))

# Missing answers, nested clusters.
nh <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
out$nhanes <- list(chisq = chi(~HI_CHOL + race, subset(nh, !is.na(HI_CHOL))),
                   frequencies = frequencies("HI_CHOL", subset(nh, !is.na(HI_CHOL))))

means <- function(design) {
  by <- svyby(~api00, ~stype, design, svymean, vartype = c("se", "ci"), df = degf(design))
  m <- svymean(~api00, design, deff = "replace")
  list(mean = unname(coef(m)), se = unname(SE(m))[1], deff = unname(deff(m)),
       ci = as.vector(confint(m, df = degf(design))), by = by[c("stype", "api00", "se")])
}
out$means <- lapply(designs, means)

# Replicate weights: the jackknife of the stratified and of the clustered sample.
jkn <- as.svrepdesign(svydesign(~1, strata = ~stype, weights = ~pw, data = strat), type = "JKn")
jk1 <- as.svrepdesign(svydesign(~dnum, weights = ~pw, data = clus1), type = "JK1")
rep_test <- function(design, form, name) {
  t <- svychisq(form, design, statistic = "F"); x <- as.character(design$variables[[name]])
  list(F = list(statistic = unname(t$statistic), parameter = unname(t$parameter), p = unname(t$p.value)), df = degf(design),
       frequencies = lapply(setNames(nm = sort(unique(x))), function(category) {
         m <- svymean(~y, update(design, y = as.numeric(x == category))); list(p = unname(coef(m)), se = unname(SE(m))[1]) }))
}
out$jkn <- rep_test(jkn, ~sch.wide + stype, "band")
out$jk1 <- rep_test(jk1, ~sch.wide + stype, "stype")
write(toJSON(out, digits = NA, pretty = TRUE, auto_unbox = TRUE), "tables.json")
