# Linearised and replicate variances of totals and means, by R's survey package.
# Run by: make reference (Rscript tests/reference/r/design.R, in this folder).
source("common.R")
suppressPackageStartupMessages(library(survey))

api <- function(name) read.csv(file.path("data", paste0(name, ".csv")), stringsAsFactors = FALSE)
strat <- api("apistrat"); clus1 <- api("apiclus1"); clus2 <- api("apiclus2")
nhanes <- api("nhanes"); scd <- api("scd")

summarise <- function(design, variables) {
  form <- reformulate(variables)
  total <- svytotal(form, design, na.rm = TRUE); mean <- svymean(form, design, na.rm = TRUE)
  list(total = unname(coef(total)), total_cov = unname(vcov(total)),
       mean = unname(coef(mean)), mean_cov = unname(vcov(mean)), df = degf(design))
}

two <- c("api00", "enroll")
results <- list()
results$weights_only <- summarise(svydesign(~1, weights = ~pw, data = strat), two)
results$strata <- summarise(svydesign(~1, strata = ~stype, weights = ~pw, data = strat), two)
results$strata_fpc <- summarise(svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat), two)
results$clusters <- summarise(svydesign(~dnum, weights = ~pw, data = clus1), two)
results$clusters_fpc <- summarise(svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1), two)
two_stage <- svydesign(~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2)
results$two_stages <- summarise(two_stage, c("api00", "api99"))
results$two_stages_domain <- summarise(subset(two_stage, stype == "E"), c("api00", "api99"))
results$strata_domain <- summarise(subset(svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
                                          sch.wide == "Yes"), two)
nh <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
results$nested <- summarise(nh, "HI_CHOL")
results$nested_domain <- summarise(subset(nh, RIAGENDR == 1 & agecat == "(19,39]"), "HI_CHOL")

# A stratum with one cluster: the first stratum of nhanes loses its second cluster.
first <- min(nhanes$SDMVSTRA)
lonely <- nhanes[!(nhanes$SDMVSTRA == first & nhanes$SDMVPSU == 2) & !is.na(nhanes$HI_CHOL), ]
for (rule in c("certainty", "remove", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  d <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = lonely)
  results[[paste0("lonely_", rule)]] <- summarise(d, "HI_CHOL")
}
options(survey.lonely.psu = "fail")

# Replicate weights; around the replicates' mean, and around the estimate.
for (mse in c(FALSE, TRUE)) {
  options(survey.replicates.mse = mse)
  tag <- if (mse) "_mse" else ""
  jkn <- as.svrepdesign(svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat), type = "JKn")
  results[[paste0("jkn", tag)]] <- summarise(jkn, two)
  jk1 <- as.svrepdesign(svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1), type = "JK1")
  results[[paste0("jk1", tag)]] <- summarise(jk1, two)
}
options(survey.replicates.mse = FALSE)
half <- svydesign(~ambulance, strata = ~ESA, data = scd, nest = TRUE, weights = ~1)
results$brr <- summarise(as.svrepdesign(half, type = "BRR"), c("arrests", "alive"))
results$fay <- summarise(as.svrepdesign(half, type = "Fay", fay.rho = 0.3), c("arrests", "alive"))
set.seed(20181)
boot_design <- as.svrepdesign(svydesign(~dnum, weights = ~pw, data = clus1), type = "subbootstrap", replicates = 40)
results$bootstrap_given <- summarise(boot_design, two)
write.csv(signif(weights(boot_design, "analysis"), 15), "data/apiclus1_bootstrap.csv", row.names = FALSE)
store(results, "design.json")
