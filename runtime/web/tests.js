// The tests of a run: how they ended, and those that failed.
import { duration, get, make } from "./lib.js";

function remark(one) {
	if (one.quarantined) return "in quarantine";
	if (one.changed) return "passed at another attempt";
	return one.flaky ? "flaky" : "";
}

function counts(all) {
	return ["passed", "failed", "error", "skipped"]
		.filter((name) => all[name] > 0)
		.map((name) => `${all[name]} ${name}`).join(", ");
}

function failed(one) {
	const details = make("details", {},
		make("summary", {}, `${one.test} `, make("span", { class: "dim" },
			[one.message, remark(one),
				one.seconds === null ? "" : duration(Math.round(one.seconds * 1000))]
				.filter((text) => text).join(" · "))));
	if (one.details)
		details.append(make("pre", {}, one.details));
	return details;
}

// Fills `place`, which stays empty when the run has no tests.
export async function showTests(place, run) {
	const found = await get(`/runs/${run.id}/tests?limit=50`);
	if (!found.counts) return place.replaceChildren();
	const more = found.counts.failed + found.counts.error -
		found.items.length;
	place.replaceChildren(make("h2", {}, "Tests"),
		make("p", {}, counts(found.counts)),
		...found.items.map(failed),
		...(more > 0 ? [make("p", { class: "dim" },
			`and ${more} more: tidemill tests ${run.id}`)] : []));
}
