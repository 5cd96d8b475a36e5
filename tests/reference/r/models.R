# Ordered, binary and linear models: estimates and standard errors of every kind. Rscript models.R
source("common.R"); source("ordered.R")
read <- function(name) read.csv(file.path("data", paste0(name, ".csv")), stringsAsFactors = FALSE)
results <- list()

# Frequencies.
housing <- read("housing")
housing$Sat <- factor(housing$Sat, c("Low", "Medium", "High")); housing$Infl <- factor(housing$Infl, c("Low", "Medium", "High"))
housing$Type <- factor(housing$Type, c("Tower", "Apartment", "Atrium", "Terrace")); housing$Cont <- factor(housing$Cont, c("Low", "High"))
for (link in c("logit", "probit", "cloglog")) {
  f <- fit_ordered(Sat ~ Infl + Type + Cont, housing, housing$Freq, link)
  results[[paste0("housing_", link)]] <- report(f, se = errors(f, frequency = TRUE))
}
p <- MASS::polr(Sat ~ Infl + Type + Cont, housing, weights = housing$Freq, Hess = TRUE, control = list(reltol = 1e-15))
results$housing_polr <- list(parameters = unname(c(coef(p), p$zeta)), loglik = as.numeric(logLik(p)))

# No weights; few clusters (9 judges); interactions.
wine <- read("wine"); wine$rating <- factor(wine$rating, ordered = TRUE)
wine$temp <- factor(wine$temp, c("cold", "warm")); wine$contact <- factor(wine$contact, c("no", "yes"))
for (link in c("logit", "probit", "cloglog")) {
  f <- fit_ordered(rating ~ temp + contact, wine, link = link)
  results[[paste0("wine_", link)]] <- report(f, se = errors(f, cluster = wine$judge))
}
g <- fit_ordered(rating ~ temp + temp:contact, wine)
results$wine_nested <- report(g, se = errors(g))

# Designs. Sampling weights have mean 1 in the likelihood.
norm1 <- function(w) w / mean(w)
strat <- read("apistrat"); strat$band <- factor(strat$band, ordered = TRUE)
f <- fit_ordered(band ~ ell + meals + mobility + sch.wide, strat, norm1(strat$pw))
plain <- svydesign(~1, weights = ~pw, data = strat)
strata <- svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)
results$strat <- report(f, se = c(errors(f), list(weights = se(linearise(influence_of(f), plain)),
                                                  strata_fpc = se(linearise(influence_of(f), strata)))), df = degf(strata))
f <- fit_ordered(band ~ ell + meals, strat[strat$awards == "Yes", ], norm1(strat$pw[strat$awards == "Yes"]))
d <- subset(strata, awards == "Yes")
results$strat_domain <- report(f, se = list(linearised = se(linearise(influence_of(f), d))), df = degf(d))

clus1 <- read("apiclus1"); clus1$band <- factor(clus1$band, ordered = TRUE)
f <- fit_ordered(band ~ ell + meals + stype, clus1, norm1(clus1$pw))
one <- svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1)
refits <- function(formula, data, replicates) {
  fits <- apply(weights(replicates, "analysis"), 2, function(w) {
    keep <- w > 0; fit_ordered(formula, data[keep, ], norm1(w[keep]))$parameters })
  unname(survey::svrVar(t(fits), replicates$scale, replicates$rscales, mse = FALSE))
}
jk1 <- as.svrepdesign(one, type = "JK1")
results$clus1 <- report(f, se = c(errors(f, cluster = clus1$dnum),
  list(linearised = se(linearise(influence_of(f), one)), jk1 = se(refits(band ~ ell + meals + stype, clus1, jk1)))), df = degf(one))

clus2 <- read("apiclus2"); clus2$band <- factor(clus2$band, ordered = TRUE)
two <- svydesign(~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2)
f <- fit_ordered(band ~ ell + meals, clus2, norm1(weights(two)))
results$clus2 <- report(f, se = list(linearised = se(linearise(influence_of(f), two))), df = degf(two), weights = weights(two))

nhanes <- read("nhanes")
nhanes$age <- factor(nhanes$agecat, c("(0,19]", "(19,39]", "(39,59]", "(59,Inf]"), ordered = TRUE)
nh <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
d <- subset(nh, !is.na(HI_CHOL)); rows <- nhanes[!is.na(nhanes$HI_CHOL), ]
form <- age ~ HI_CHOL + factor(race) + RIAGENDR
f <- fit_ordered(form, rows, norm1(rows$WTMEC2YR))
jkn <- as.svrepdesign(nh, type = "JKn"); jkn <- subset(jkn, !is.na(HI_CHOL))
results$nhanes <- report(f, se = list(linearised = se(linearise(influence_of(f), d)), jkn = se(refits(form, rows, jkn))), df = degf(d))

# Binary and linear, by svyglm.
strat$yes <- as.integer(strat$awards == "Yes")
strata <- svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)
b <- svyglm(yes ~ ell + meals + mobility, strata, family = quasibinomial(), control = list(epsilon = 1e-14, maxit = 100))
results$binary <- list(parameters = unname(coef(b)), se = list(linearised = se(vcov(b))))
l <- svyglm(api00 ~ ell + meals + stype, strata)
results$linear <- list(parameters = unname(coef(l)), se = list(linearised = se(vcov(l))))
l <- lm(api00 ~ ell + meals + stype, clus1)
results$lm <- list(parameters = unname(coef(l)), loglik = as.numeric(logLik(l)), r2 = summary(l)$r.squared,
  se = list(observed = se(vcov(l)), hc0 = se(sandwich::vcovHC(l, "HC0")), robust = se(sandwich::vcovHC(l, "HC1")),
            cluster = se(sandwich::vcovCL(l, ~dnum, type = "HC1"))))
b <- glm(I(awards == "Yes") ~ ell + meals, binomial(), clus1, control = list(epsilon = 1e-15, maxit = 100))
results$glm <- list(parameters = unname(coef(b)), loglik = as.numeric(logLik(b)), se = list(observed = se(vcov(b)),
  hc0 = se(sandwich::sandwich(b))))

# An answer that nobody gave: the model of the others.
some <- wine[wine$rating != 4, ]; some$rating <- droplevels(some$rating)
f <- fit_ordered(rating ~ temp + contact, some)
results$wine_empty <- report(f, se = errors(f))

# Separation: no wine of bottles 1 and 2, and none by judge 7, is rated above 3. With those rows left out, the others'
# estimates are what they tend to as the separated ones move to minus infinity.
wine$grade <- factor(pmax(as.integer(wine$rating), 3), ordered = TRUE)
wine$b <- relevel(factor(wine$bottle), "8"); wine$j <- relevel(factor(wine$judge), "1")
rows <- wine[!wine$bottle %in% c(1, 2), ]; rows$b <- droplevels(rows$b)
f <- fit_ordered(grade ~ b + judge, rows)
results$wine_separated <- report(f, se = errors(f))
rows <- rows[rows$judge != 7, ]; rows$j <- droplevels(rows$j); rows$b <- droplevels(rows$b)
f <- fit_ordered(grade ~ b + j, rows)
results$wine_separated_twice <- report(f, se = errors(f))

# Functions and interactions in a formula.
f <- fit_ordered(band ~ log(enroll) * awards + I((meals / 10)^2) + stype, strat)
results$strat_terms <- report(f, se = errors(f))
store(results, "models.json")
