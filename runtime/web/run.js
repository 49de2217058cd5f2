// A run: what it is, what it waits for, its steps and their logs.
import { duration, get, make, post, ref, state, when } from "./lib.js";
import { logView } from "./log.js";
import { showTests } from "./tests.js";

function facts(run) {
	const list = make("dl");
	const add = (name, value) => value && list.append(make("dt", {}, name),
		make("dd", {}, value));
	add("recipe", run.path);
	add("repository", run.repo);
	add("commit", ref(run));
	add("because of", run.origin);
	add("created", when(run.created));
	add("took", duration(run.duration));
	add("waits for", run.waits_for);
	add("cancelled by", run.cancelled_by);
	add("error", run.error);
	return list;
}

function button(text, path, body, again) {
	return make("button", { type: "button", onclick: async (event) => {
		event.target.disabled = true;
		try {
			const answer = await post(path, body);
			if (path.endsWith("/retry")) location.hash = `#/run/${answer.id}`;
			again();
		} catch (problem) {
			alert(problem.message);
		}
		event.target.disabled = false;
	} }, text);
}

const ENDED = ["passed", "failed", "cancelled", "timed_out", "superseded"];

function actions(run, again) {
	const bar = make("div", { class: "actions" });
	if (ENDED.includes(run.state)) {
		bar.append(button("Run again", `/runs/${run.id}/retry`, {}, again));
		if (run.state !== "passed")
			bar.append(button("Retry what failed",
				`/runs/${run.id}/retry`, { failed: true }, again));
	} else {
		bar.append(button("Cancel", `/runs/${run.id}/cancel`, {}, again));
	}
	return bar;
}

function questions(run, again) {
	return run.approvals.map((one) => make("section", {},
		make("h2", {}, one.question),
		make("ul", {}, ...one.reasons.map((text) => make("li", {}, text))),
		make("div", { class: "actions" },
			button("Approve", `/approvals/${one.id}/approve`, {}, again),
			button("Reject", `/approvals/${one.id}/reject`, {}, again))));
}

function title(step) {
	return [state(step.state), ` ${step.name} `, make("span", { class: "dim" },
		[duration(step.duration), step.status ? `exit ${step.status}` : "",
			step.error ?? ""].filter(Boolean).join(" · "))];
}

// Steps stay the elements they are, so that open logs stay open.
function showSteps(run, known, place, signal, wanted) {
	const worst = run.steps.find((step) => step.state === "failed" && !step.soft)
		?? run.steps.find((step) => step.state === "running");
	for (const step of run.steps) {
		let entry = known.get(step.id);
		if (!entry) {
			const summary = make("summary");
			const box = make("details", {}, summary);
			box.addEventListener("toggle", () => {
				if (box.open && box.childElementCount === 1)
					box.append(logView(run.id, step, signal));
			});
			entry = { box, summary };
			known.set(step.id, entry);
			place.append(box);
			if (step.id === (wanted ?? worst?.id)) box.open = true;
		}
		entry.summary.replaceChildren(...title(step));
	}
}

// The lines of a step's log that say why it failed.
function failure(run, one) {
	const step = run.steps.find((each) => each.name === one.step);
	const [line] = one.lines[0];
	const before = one.seen?.length
		? `, as in run ${one.seen.slice(0, 5).join(", ")}` : "";
	return make("section", { class: "failure" },
		make("h2", {}, `${one.step}: ${one.class.replaceAll("_", " ")}`),
		make("pre", {}, one.excerpt.trimEnd()),
		make("p", { class: "dim" },
			make("a", { href: `#/run/${run.id}/${step?.id}/${line}` },
				`line ${line} of its log`),
			` · ${Math.round(one.confidence * 100)} % sure${before}`));
}

export async function runView(main, [id, step, line], signal) {
	const head = make("div");
	const steps = make("div");
	const why = make("div");
	const failures = make("div");
	const tests = make("section", { class: "tests" });
	const known = new Map();

	let run;

	async function load() {
		run = await get(`/runs/${id}`);
		head.replaceChildren(make("h1", {}, `Run ${run.id}: ${run.name} `,
			state(run.state)), actions(run, load), facts(run),
			...questions(run, load));
		showSteps(run, known, steps, signal, step && Number(step));
		document.title = `${run.state}: ${run.name} ${run.id}`;
	}
	await load();
	main.replaceChildren(head, failures, tests, make("h2", {}, "Steps"), steps,
		make("h2", {}, "Why"), why);
	await showTests(tests, run);
	const { lines, failures: found } = await get(`/runs/${id}/why`);
	failures.append(...found.map((one) => failure(run, one)));
	why.append(...lines.map((text) => make("p", {}, text)));
	if (line)
		setTimeout(() => document.getElementById(`L${step}-${line}`)
			?.scrollIntoView({ block: "center" }), 500);
	return load;
}
