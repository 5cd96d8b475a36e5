# What the reference scripts know about ordered models: clm's estimates and information, and their sandwiches.
# Scores are written out here from the likelihood; clm's own analytic Hessian is the bread. (svyolr's standard errors
# carry a numeric Hessian, wrong by up to 4e-4, and are not used.)
suppressPackageStartupMessages({library(ordinal); library(survey)})

tight <- clm.control(gradTol = 1e-10, relTol = 1e-12, maxIter = 200L)
cdf <- list(logit = plogis, probit = pnorm, cloglog = function(x) 1 - exp(-exp(x)))
pdf <- list(logit = dlogis, probit = dnorm, cloglog = function(x) ifelse(is.finite(x), exp(x - exp(x)), 0))

# Fit; parameters are reported as coefficients, then cut points.
fit_ordered <- function(formula, data, weights = rep(1, nrow(data)), link = "logit") {
  data$.w <- weights
  fit <- clm(formula, data = data, weights = .w, link = link, control = tight, model = TRUE)
  q <- length(fit$alpha); k <- length(fit$beta); order <- c(q + seq_len(k), seq_len(q))
  x <- model.matrix(formula[c(1, 3)], model.frame(formula, data))[, -1, drop = FALSE]
  y <- as.integer(model.response(model.frame(formula, data)))
  eta <- drop(x %*% fit$beta)
  cuts <- c(-Inf, fit$alpha, Inf)
  u <- cuts[y + 1] - eta; l <- cuts[y] - eta
  p <- cdf[[link]](u) - cdf[[link]](l)
  gu <- ifelse(is.finite(u), pdf[[link]](u) / p, 0); gl <- ifelse(is.finite(l), -pdf[[link]](l) / p, 0)
  s <- matrix(0, length(y), q)
  for (i in seq_len(q)) s[, i] <- gu * (y == i) + gl * (y == i + 1)
  scores <- cbind(-(gu + gl) * x, s)
  hessian <- fit$Hessian[order, order]
  list(parameters = unname(c(fit$beta, fit$alpha)), names = names(c(fit$beta, fit$alpha)), loglik = as.numeric(fit$logLik),
       bread = solve(hessian), scores = scores, weights = weights, x = x, y = y, q = q, fit = fit)
}

se <- function(v) unname(sqrt(diag(v)))
sandwich_of <- function(f, middle) f$bread %*% middle %*% f$bread

errors <- function(f, cluster = NULL, frequency = FALSE) {
  n <- if (frequency) sum(f$weights) else nrow(f$scores)
  middle <- if (frequency) crossprod(f$scores * sqrt(f$weights)) else crossprod(f$scores * f$weights)
  out <- list(observed = se(f$bread), hc0 = se(sandwich_of(f, middle)), robust = se(sandwich_of(f, middle) * n / (n - 1)))
  if (!is.null(cluster)) {
    totals <- rowsum(f$scores * f$weights, cluster); g <- nrow(totals)
    out$cluster <- se(sandwich_of(f, crossprod(totals)) * g / (g - 1))
  }
  out
}

# Taylor linearisation by survey's own recursion over strata, stages and finite-population corrections.
linearise <- function(influence, design) {
  unclass(svyrecvar(influence, design$cluster, design$strata, design$fpc))[seq_len(ncol(influence)), seq_len(ncol(influence))]
}
linearised <- function(f, design) matrix(linearise(f$scores * f$weights %o% rep(1, ncol(f$scores)) %*% f$bread, design), ncol(f$scores))
influence_of <- function(f) (f$scores * f$weights) %*% f$bread

report <- function(f, ...) c(list(parameters = f$parameters, names = f$names, loglik = f$loglik), list(...))
