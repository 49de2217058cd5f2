#!/usr/bin/python3
"""Makes metrics.csv (rows) and metrics.txt (what scikit-learn says of them)."""
import math
import os
import numpy as np
from sklearn import metrics as m
from sklearn.isotonic import IsotonicRegression

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(5)
n = 240
y = (random.random(n) < 0.3).astype(float)
p = np.clip(np.round(0.25 * y + 0.7 * random.random(n), 2), 0, 1)
w = np.round(0.5 + random.random(n), 3)
t = np.round(random.gamma(2, 3, n) + 0.01, 4)
q = np.round(t * np.exp(0.5 * random.normal(size=n)), 4)
k = random.integers(0, 3, n).astype(float)
c = random.random((n, 3)) + 0.3 * np.eye(3)[k.astype(int)]
c = c / c.sum(1, keepdims=True)
table = np.column_stack([y, p, w, t, q, k, c])
with open(here + "/metrics.csv", "w") as out:
    out.write("y,p,w,t,q,k,c0,c1,c2\n")
    for row in table:
        out.write(",".join(repr(float(v)) for v in row) + "\n")


def ece(y, p, bins=10):
    edges = np.linspace(0, 1, bins + 1)
    which = np.searchsorted(edges[1:-1], p)
    return sum(abs(y[which == b].mean() - p[which == b].mean())
               * (which == b).sum() for b in range(bins)
               if (which == b).any()) / len(y)


order = np.argsort(-p, kind="stable")[:math.ceil(0.2 * n)]
iso = IsotonicRegression(out_of_bounds="clip").fit(p, y)
found = {
    "auc": m.roc_auc_score(y, p),
    "auc_weighted": m.roc_auc_score(y, p, sample_weight=w),
    "average_precision": m.average_precision_score(y, p),
    "average_precision_weighted":
        m.average_precision_score(y, p, sample_weight=w),
    "log_loss": m.log_loss(y, p),
    "log_loss_weighted": m.log_loss(y, p, sample_weight=w),
    "brier": m.brier_score_loss(y, p),
    "ece": ece(y, p),
    "f1": m.f1_score(y, p > 0.5),
    "f1_weighted": m.f1_score(y, p > 0.5, sample_weight=w),
    "accuracy": m.accuracy_score(y, p > 0.5),
    "precision_at_20": y[order].mean(),
    "recall_at_20": y[order].sum() / y.sum(),
    "rmse": m.mean_squared_error(t, q, squared=False),
    "rmse_weighted": m.mean_squared_error(t, q, squared=False,
                                          sample_weight=w),
    "mae": m.mean_absolute_error(t, q),
    "r2": m.r2_score(t, q),
    "pinball_10": m.mean_pinball_loss(t, q, alpha=0.1),
    "pinball_90": m.mean_pinball_loss(t, q, alpha=0.9),
    "coverage": np.mean((t >= 0.5 * q) & (t <= 2 * q)),
    "poisson_deviance": m.mean_poisson_deviance(t, q),
    "gamma_deviance": m.mean_gamma_deviance(t, q),
    "classes_log_loss": m.log_loss(k, c),
    "classes_accuracy": m.accuracy_score(k, c.argmax(1)),
    "isotonic_brier": m.brier_score_loss(y, iso.predict(p)),
    "isotonic_at_0.333": iso.predict([0.333])[0],
}
with open(here + "/metrics.txt", "w") as out:
    for name, value in found.items():
        out.write(f"{name} {float(value)!r}\n")
