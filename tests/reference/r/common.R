# What the reference scripts share: where results go and with how many digits.
suppressPackageStartupMessages(library(jsonlite))

store <- function(results, file) {
  results$made_with <- c(R.version.string, paste("survey", packageVersion("survey")),
                         paste("ordinal", packageVersion("ordinal")), paste("MASS", packageVersion("MASS")))
  writeLines(toJSON(results, digits = NA, auto_unbox = TRUE, pretty = TRUE, na = "null"), file)
  cat("wrote", file, "\n")
}
