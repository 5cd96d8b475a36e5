# R's ordinal::clm or MASS::polr: fit and standard errors. Prints seconds as JSON.
arguments <- commandArgs(trailingOnly = TRUE)
n <- as.integer(arguments[2])
values <- matrix(readBin(arguments[1], "double", n * 16), ncol = 16)
data <- data.frame(y = factor(values[, 1], ordered = TRUE), values[, 2:13])
names(data) <- c("y", paste0("x", 1:12))
formula <- reformulate(names(data)[-1], "y")
fit <- if (arguments[3] == "clm") {
  function(d) { f <- ordinal::clm(formula, data = d); vcov(f); f }
} else {
  function(d) { f <- MASS::polr(formula, data = d, Hess = TRUE); vcov(f); f }
}
invisible(fit(data[1:2000, ]))
spent <- system.time(found <- fit(data))
cpu <- spent[["user.self"]] + spent[["sys.self"]]
cat(sprintf('{"seconds": %.6f, "cpu": %.6f, "loglik": %.8f}\n', spent[["elapsed"]], cpu, as.numeric(logLik(found))))
