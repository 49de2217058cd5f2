-- Mail: what is composed, and what a server gets. The server is Python's own
-- reading of SMTP on loopback.

local fs = require("fs")
local mail = require("mail")
local proc = require("proc")
local test = require("test")

--- Answers as it is told: MODE says what it refuses. Keeps what it got.
local SERVER <const> = [[
import socket, sys
mode, out = sys.argv[1], sys.argv[2]
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    peer, _ = server.accept()
    file = peer.makefile("rwb")
    def say(text):
        file.write(text.encode() + b"\r\n"); file.flush()
    got = []
    if mode == "silent":
        file.readline()
        continue
    say("220 here")
    while True:
        line = file.readline().decode().rstrip("\r\n")
        if not line: break
        got.append(line)
        word = line.split(" ")[0].upper()
        if word == "EHLO":
            say("250-here\r\n250 AUTH PLAIN")
        elif word == "AUTH":
            if line == "AUTH PLAIN":
                say("334 go on")
                file.readline()
            say("535 wrong password" if mode == "login" else "235 welcome")
        elif word == "RCPT" and mode == "refuse":
            say("550 nobody of that name")
        elif word == "RCPT" and mode == "later":
            say("451 later")
        elif word == "DATA":
            say("354 go on")
            while True:
                text = file.readline().decode()
                if text == ".\r\n": break
                got.append(text.rstrip("\r\n"))
            with open(out, "w") as target: target.write("\n".join(got))
            say("250 taken")
        elif word == "QUIT":
            say("221 bye"); break
        else:
            say("250 fine")
    peer.close()
]]

local function serve(mode)
	local out = test.temp_dir() .. "/got"
	local server = proc.spawn { "python3", "-c", SERVER, mode, out }

	test.finally(function() server:kill("KILL") end)
	return "smtp://127.0.0.1:" .. server:lines()(), out
end

local function message(fields)
	local result = { server = "smtp://127.0.0.1:9",
		from = "Tidemill <ci@example.org>", to = "ada@example.org",
		subject = "broken", text = "line one\nline two" }

	for key, value in pairs(fields or {}) do result[key] = value end
	return result
end

local function header(composed, name)
	for _, line in ipairs(composed.headers) do
		local value = line:match("^" .. name .. ": (.*)$")
		if value then return value end
	end
end

--- Python's reader of mail says what a recipient would see.
local function as_seen(text)
	return require("json").decode(proc.run { "python3", "-c", [[
import email, email.policy, json, sys
mail = email.message_from_string(sys.stdin.read(),
                                 policy=email.policy.default)
parts = []
for part in mail.walk():
    if not part.is_multipart():
        data = part.get_payload(decode=True).decode()
        parts.append([part.get_content_type(), part.get_filename() or "",
                      data.replace("\r\n", "\n")])
print(json.dumps({"subject": mail["subject"], "from": mail["from"],
                  "to": mail["to"], "run": mail["x-run"],
                  "date": mail["date"].datetime.isoformat(),
                  "parts": parts}))]], stdin = text }.stdout)
end

return {
	a_message_arrives_as_it_was_meant = function()
		local url, out = serve("plain")
		mail.send(message { server = url, subject = "Größe „kaputt“ 💥 "
			.. ("lang "):rep(20) .. "ende", to = { "Ada <ada@example.org>",
			'"Jürgen, K." <jk@example.org>' }, bcc = "boss@example.org",
			text = "Hallo Ümit\n.\n..dots\n", html = "<p>Hallo</p>",
			headers = { ["X-Run"] = "12" }, attachments = {
				{ name = "lög.txt", bytes = "log\n" } } })
		local got = fs.read(out)
		for _, line in ipairs { "MAIL FROM:<ci@example.org>",
			"RCPT TO:<ada@example.org>", "RCPT TO:<jk@example.org>",
			"RCPT TO:<boss@example.org>" } do
			assert(got:find(line, 1, true), line)
		end
		local text = got:match("\nDATA\n(.*)$")
		assert(not text:find("boss", 1, true))
		for line in text:gmatch("[^\n]+") do
			assert(#line <= 998 and not line:find("[\128-\255]"), line)
		end
		local seen = as_seen((text:gsub("\n%.%.", "\n.")))
		test.equal(seen.subject, "Größe „kaputt“ 💥 "
			.. ("lang "):rep(20) .. "ende")
		test.equal(seen.from, "Tidemill <ci@example.org>")
		test.equal(seen.run, "12")
		assert(seen.to:find("Jürgen, K.", 1, true), seen.to)
		test.equal(seen.parts[1], { "text/plain", "",
			"Hallo Ümit\n.\n..dots\n" })
		test.equal(seen.parts[2], { "text/html", "", "<p>Hallo</p>" })
		test.equal(seen.parts[3], { "text/plain", "lög.txt", "log\n" })
	end,

	a_server_that_refuses_is_told_from_one_that_may_take_it_later = function()
		for mode, code in pairs { refuse = "invalid", later = "io" } do
			local problem = test.raises("cannot send mail by smtp",
				mail.send, message { server = serve(mode) })
			test.equal(problem.code, code)
		end
		local problem = test.raises("cannot send mail", mail.send,
			message { server = serve("login"), user = "ada",
				password = "tide-secret", tls = "none" })
		test.equal(problem.code, "invalid")
		assert(not problem.message:find("tide-secret", 1, true))
		problem = test.raises("cannot send mail", mail.send, message())
		test.equal(problem.code, "io")
	end,

	a_server_that_says_nothing_is_not_waited_for_for_ever = function()
		local problem = test.raises("cannot send mail", mail.send,
			message { server = serve("silent"), timeout = "300ms" })
		test.equal(problem.code, "timeout")
	end,

	a_password_is_not_sent_in_clear_unless_told_to = function()
		local url, out = serve("plain")
		local problem = test.raises("cannot send mail", mail.send,
			message { server = url, user = "ada", password = "x" })
		test.equal(problem.code, "io")
		test.equal(fs.exists(out), false)
		mail.send(message { server = url, user = "ada",
			password = "tide", tls = "none" })
		assert(fs.read(out):find("AUTH PLAIN", 1, true))
	end,

	nobody_can_add_headers = function()
		for _, fields in ipairs {
			{ subject = "a\r\nBcc: evil@example.org" },
			{ from = "a@b.c\nX: y" }, { to = "a@b.c\r\nX: y" },
			{ headers = { ["X-A"] = "b\nc" } },
			{ headers = { ["X-A: b\nY"] = "c" } },
			{ reply_to = "a@b\0.c" },
			{ attachments = { { name = "a\nb", bytes = "" } } },
		} do
			test.raises("control character", function()
				local ok, why = pcall(mail.compose, message(fields))
				assert(not ok)
				if why.message:find("no name of a header") then
					why.message = "control character"
				end
				error(why, 0)
			end)
		end
		test.raises("has an option of its own", mail.compose,
			message { headers = { Bcc = "x@y.z" } })
	end,

	mistakes_are_told = function()
		test.raises("unknown key 'subjcet' %(did you mean 'subject'",
			mail.compose, message { subjcet = "x" })
		test.raises("'nobody' in 'to' is no address", mail.compose,
			message { to = "nobody" })
		test.raises("must be smtp://", mail.compose,
			message { server = "http://a" })
		test.raises("either path or bytes", mail.compose,
			message { attachments = { { name = "x" } } })
		test.raises("cannot read the attachment '/nowhere'", mail.send,
			message { attachments = { "/nowhere" } })
		test.raises("names nobody", mail.compose, message { to = {} })
	end,

	names_are_quoted_and_dates_are_those_of_mail = function()
		local composed = mail.compose(message {
			from = 'A "B" \\ C <a@b.c>' })
		test.equal(header(composed, "From"),
			'"A \\"B\\" \\\\ C" <a@b.c>')
		assert(header(composed, "Date"):find(
			"^%a%a%a, %d+ %a%a%a %d%d%d%d %d%d:%d%d:%d%d %+0000$"))
		test.equal(composed.text, "line one\r\nline two")
	end,
}
