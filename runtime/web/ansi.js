// Colours of terminals in logs: SGR sequences become classes, others vanish.
import { make } from "./lib.js";

// eslint-disable-next-line no-control-regex
const SEQUENCE = /\x1b(?:\[([0-9;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)/g;

function apply(codes, style) {
	const list = codes.split(/[;:]/).map(Number);
	for (let i = 0; i < list.length; i++) {
		const code = list[i];
		if (code === 0) style = {};
		else if (code === 1) style = { ...style, b: true };
		else if (code === 3) style = { ...style, i: true };
		else if (code === 4) style = { ...style, u: true };
		else if (code === 22) style = { ...style, b: false };
		else if (code >= 30 && code <= 37) style = { ...style, c: code - 30 };
		else if (code >= 90 && code <= 97) style = { ...style, c: code - 82 };
		else if (code === 39) style = { ...style, c: undefined };
		else if (code === 38) {
			if (list[i + 1] === 5 && list[i + 2] < 16)
				style = { ...style, c: list[i + 2] };
			i += list[i + 1] === 5 ? 2 : 4;
		} else if (code === 48) i += list[i + 1] === 5 ? 2 : 4;
	}
	return style;
}

function piece(text, style) {
	const names = ["b", "i", "u"].filter((name) => style[name]);
	if (style.c !== undefined) names.push(`c${style.c}`);
	return names.length ? make("span", { class: names.join(" ") }, text) : text;
}

// Returns the nodes of a line and the style that the next one begins with.
export function colour(text, style) {
	const nodes = [];
	let at = 0;
	// A lone carriage return overwrites, as in a terminal.
	text = text.replace(/\r+$/, "");
	text = text.slice(text.lastIndexOf("\r") + 1);
	for (const found of text.matchAll(SEQUENCE)) {
		if (found.index > at)
			nodes.push(piece(text.slice(at, found.index), style));
		at = found.index + found[0].length;
		if (found[2] === "m") style = apply(found[1] || "0", style);
	}
	if (at < text.length) nodes.push(piece(text.slice(at), style));
	return [nodes, style];
}
