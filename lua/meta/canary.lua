---@meta canary
--- Is a new version worse than the baseline? A judge of metrics.
error("definitions for the editor, not a module")

---@class canary
local canary = {}

---@class canary.Options
---@field judge? "shift"|"ranks"|"means" "shift" (default) knows that neighbours in time are alike; the others are Kayenta's rules
---@field direction? "either"|"increase"|"decrease" what is bad (default either)
---@field effect? "ratio"|"cles" size of the effect that `allowed` and `fatal` bound
---@field tolerance? number "shift": share of the baseline's median that does not matter (0.15); "ranks": of the estimated shift (0.25)
---@field confidence? number 0.5 to 1 (0.95; of Kayenta's rules 0.98)
---@field allowed? number[] effects {decrease, increase} from which a change counts
---@field fatal? number[] effects from which a critical metric fails everything
---@field detect? number the change that `values_needed` is about (0.05)
---@field critical? boolean
---@field required? boolean no data is a failure
---@field replace? boolean missing values count as 0
---@field outliers? boolean leave out what is far from the rest
---@field metrics? integer how many are judged together: "shift" shares its level among them

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
