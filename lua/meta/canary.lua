---@meta canary
--- Is a new version worse than the baseline? A judge of metrics.
error("definitions for the editor, not a module")

---@class canary
local canary = {}

--- The judge "shift" (default) knows that neighbours in time are alike; the
--- others are Kayenta's rules. `tolerance` is a share of the baseline's median
--- for "shift" (0.15), of the estimated shift for "ranks" (0.25); `confidence`
--- is 0.95 for "shift", 0.98 for the others.
---@class canary.Options
---@field judge? "shift"|"ranks"|"means"
---@field direction? "either"|"increase"|"decrease" what is bad (either)
---@field effect? "ratio"|"cles" what `allowed` and `fatal` bound
---@field tolerance? number what does not matter
---@field confidence? number 0.5 to 1
---@field allowed? number[] effects {decrease, increase} that count
---@field fatal? number[] effects at which a critical metric fails all
---@field detect? number the change that `values_needed` is about (0.05)
---@field critical? boolean
---@field required? boolean no data is a failure
---@field replace? boolean missing values count as 0
---@field outliers? boolean leave out what is far from the rest
---@field metrics? integer judged together: "shift" shares its level (1)

---@class canary.Metric
---@field classification "pass"|"high"|"low"|"nodata"
---@field reason string
---@field critical_failure boolean
---@field thin boolean there were too few values to say anything
---@field required boolean there were no values, but there had to be
---@field baseline_count integer
---@field canary_count integer
---@field baseline_mean number
---@field canary_mean number
---@field effect? number
---@field shift number of the canary, Hodges and Lehmann's estimate
---@field lower number
---@field upper number
---@field p number
---@field sequential_p? number always valid: one may look at any time
---@field independent_values? number
---@field values_needed? number more values a side until `detect` would be seen
---@field weight? number in its group (1)

--- Judges one metric; the values of both sides in the order of time, NaN where
--- one is missing.
---@param baseline number[]
---@param values number[]
---@param options? canary.Options
---@return canary.Metric
function canary.metric(baseline, values, options) end

--- Returns the score, 0 to 100, of groups of judged metrics and the verdict:
--- "pass", "marginal", "fail" or "inconclusive". A group is a list of metrics,
--- with its `weight` of 100 if it has one.
---@param groups canary.Metric[][]
---@param thresholds? { pass?: number, marginal?: number } [95, 75]
---@return number score
---@return string verdict
function canary.score(groups, thresholds) end
