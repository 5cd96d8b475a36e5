# Brant's test written out from glm fits, average marginal effects with delta errors by numeric differentiation of the
# averages (numDeriv, 1e-10), predicted probabilities, partial proportional odds. Rscript brant_margins.R
source("common.R"); source("ordered.R")
read <- function(name) read.csv(file.path("data", paste0(name, ".csv")), stringsAsFactors = FALSE)
results <- list()
housing <- read("housing")
housing$Sat <- factor(housing$Sat, c("Low", "Medium", "High")); housing$Infl <- factor(housing$Infl, c("Low", "Medium", "High"))
housing$Type <- factor(housing$Type, c("Tower", "Apartment", "Atrium", "Terrace")); housing$Cont <- factor(housing$Cont, c("Low", "High"))
strat <- read("apistrat"); strat$band <- factor(strat$band, ordered = TRUE)
strat$w <- strat$pw / mean(strat$pw)
strata <- svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)

brant <- function(formula, data, y, weights, design = NULL) {
  m <- max(y); x <- model.matrix(formula, data); k <- ncol(x)
  fits <- lapply(1:(m - 1), function(c) suppressWarnings(glm.fit(x, as.integer(y > c), weights = weights, family = binomial(),
                                                                control = list(epsilon = 1e-15, maxit = 200))))
  for (c in 1:(m - 1)) for (i in 1:3) { # glm.fit stops by the deviance: a few more Newton steps for the last digits
    pc <- drop(plogis(x %*% fits[[c]]$coefficients))
    fits[[c]]$coefficients <- fits[[c]]$coefficients +
      drop(solve(crossprod(x * (weights * pc * (1 - pc)), x), crossprod(x, weights * ((y > c) - pc))))
  }
  p <- sapply(fits, function(f) drop(plogis(x %*% f$coefficients)))
  inv <- lapply(1:(m - 1), function(c) solve(crossprod(x * (weights * p[, c] * (1 - p[, c])), x)))
  v <- matrix(0, k * (m - 1), k * (m - 1)); at <- function(c) (c - 1) * k + 1:k
  if (is.null(design)) {
    for (a in 1:(m - 1)) for (b in 1:(m - 1)) {
      lo <- min(a, b); hi <- max(a, b)
      v[at(a), at(b)] <- inv[[a]] %*% crossprod(x * (weights * p[, hi] * (1 - p[, lo])), x) %*% inv[[b]]
    }
  } else {
    u <- do.call(cbind, lapply(1:(m - 1), function(c) (x * (weights * ((y > c) - p[, c]))) %*% inv[[c]]))
    v <- linearise(u, design)
  }
  beta <- unlist(lapply(fits, function(f) f$coefficients))
  test <- function(columns) {
    d <- matrix(0, 0, k * (m - 1))
    for (c in 2:(m - 1)) for (j in columns) { r <- rep(0, k * (m - 1)); r[j] <- 1; r[(c - 1) * k + j] <- -1; d <- rbind(d, r) }
    value <- drop(t(d %*% beta) %*% solve(d %*% v %*% t(d)) %*% (d %*% beta))
    c(value, nrow(d), pchisq(value, nrow(d), lower.tail = FALSE))
  }
  list(overall = test(2:k), each = unname(t(sapply(2:k, test))))
}
results$brant_housing <- brant(~Infl + Type + Cont, housing, as.integer(housing$Sat), housing$Freq)
results$brant_strat <- brant(~ell + meals, strat, as.integer(strat$band), strat$w)
results$brant_strat_design <- brant(~ell + meals, strat, as.integer(strat$band), strat$w, strata)

# Average marginal effects: means of probabilities as functions of all parameters, differentiated numerically.
probs <- function(par, x, q, link) {
  k <- ncol(x); eta <- drop(x %*% par[1:k]); cum <- sapply(par[k + 1:q], function(t) cdf[[link]](t - eta))
  cum <- cbind(0, cum, 1); cum[, -1] - cum[, -ncol(cum)]
}
ame <- function(f, v, effect, w) {
  g <- function(par) colSums(effect(par) * w) / sum(w)
  j <- numDeriv::jacobian(g, f$parameters)
  list(effect = g(f$parameters), se = se(j %*% v %*% t(j)))
}
for (link in c("logit", "probit", "cloglog")) {
  f <- fit_ordered(band ~ ell + meals + awards, strat, strat$w, link)
  v <- linearise(influence_of(f), strata)
  # dP/dx is b times the difference of densities; no numeric step in x.
  slope <- function(j) function(par) {
    eta <- drop(f$x %*% par[1:3]); d <- cbind(0, sapply(par[3 + 1:f$q], function(t) pdf[[link]](t - eta)), 0)
    -par[j] * (d[, -1] - d[, -ncol(d)]) }
  yes <- f$x; yes[, 3] <- 1; no <- f$x; no[, 3] <- 0
  results[[paste0("ame_", link)]] <- list(ell = ame(f, v, slope(1), strat$w), meals = ame(f, v, slope(2), strat$w),
    awards = ame(f, v, function(par) probs(par, yes, f$q, link) - probs(par, no, f$q, link), strat$w))
  j <- numDeriv::jacobian(function(par) as.vector(probs(par, f$x[1:3, ], f$q, link)), f$parameters)
  results[[paste0("predict_", link)]] <- list(p = probs(f$parameters, f$x[1:3, ], f$q, link),
    se = matrix(se(j %*% v %*% t(j)), 3))
}
# A covariate in a product and a square: dP/dx by its chain rule, written out here.
f <- fit_ordered(band ~ ell + I(ell^2) + meals + ell:meals, strat)
slope <- function(par) {
  x <- f$x; eta <- drop(x %*% par[1:4]); d <- cbind(0, sapply(par[4 + 1:f$q], function(t) dlogis(t - eta)), 0)
  g <- par[1] + 2 * par[2] * strat$ell + par[4] * strat$meals
  -g * (d[, -1] - d[, -ncol(d)]) }
results$ame_terms <- ame(f, f$bread, slope, rep(1, nrow(strat)))

# Partial proportional odds: clm's nominal effects (their sign is that of the cut points).
wine <- read("wine"); wine$rating <- factor(wine$rating, ordered = TRUE)
n <- clm(rating ~ temp, nominal = ~contact, data = wine, control = clm.control(gradTol = 1e-10, relTol = 1e-12, maxIter = 200L))
results$partial_wine <- list(alpha = unname(n$alpha), beta = unname(n$beta), loglik = as.numeric(n$logLik),
                             names = names(n$alpha), se = se(solve(n$Hessian)))
n <- clm(Sat ~ Type + Cont, nominal = ~Infl, data = housing, weights = Freq,
         control = clm.control(gradTol = 1e-10, relTol = 1e-12, maxIter = 200L))
results$partial_housing <- list(alpha = unname(n$alpha), beta = unname(n$beta), loglik = as.numeric(n$logLik),
                                names = names(n$alpha), se = se(solve(n$Hessian)))
# Variance inflation: 1/(1 - R2).
results$vif <- sapply(c("ell", "meals", "mobility"), function(v)
  1 / (1 - summary(lm(reformulate(setdiff(c("ell", "meals", "mobility"), v), v), strat, weights = pw))$r.squared))
store(results, "brant_margins.json")
