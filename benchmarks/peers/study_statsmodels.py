"""statsmodels' OrderedModel: fit and standard errors, by BFGS as its documentation shows. Prints seconds as JSON."""

import json
import sys
import time
import warnings

import numpy as np
from statsmodels.miscmodels.ordinal_model import OrderedModel

path, n = sys.argv[1], int(sys.argv[2])
columns = np.fromfile(path).reshape(-1, n)
y, x = columns[0].astype(int), columns[1:13].T.copy()


def fit(y, x):
    result = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False, maxiter=1000)
    return result, result.bse


warnings.simplefilter("ignore")
fit(y[:2000], x[:2000])
began, worked = time.perf_counter(), time.process_time()
result, _ = fit(y, x)
seconds, cpu = time.perf_counter() - began, time.process_time() - worked
print(json.dumps({"seconds": seconds, "cpu": cpu, "loglik": float(result.llf)}))
