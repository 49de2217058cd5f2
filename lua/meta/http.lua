---@meta http
--- HTTP requests: JSON, forms, uploads and downloads, streams, sessions.
---
--- A status of 400 or more, and everything that goes wrong on the way, raises
--- an error whose `reason` says what it was.
error("definitions for the editor, not a module")

---@class http
local http = {}

--- Times are milliseconds or text such as "250ms", "10s", "1h30m".
---@alias http.Duration integer|string

--- A part of a multipart body: `content` or `file`.
---@class http.Part
---@field name string
---@field content? string
---@field file? string path
---@field filename? string what the server is told [the file's name]
---@field type? string its content type [guessed]

---@class http.Retry
---@field times? integer further tries [0]
---@field delay? http.Duration before the first of them [1s]
---@field factor? number of each delay to the next [2]
---@field max? http.Duration longest delay; a longer Retry-After ends it [60s]
---@field always? boolean also what may have been done, as POST [false]

---@class http.Options
---@field url? string
---@field method? string [GET; POST with a body]
---@field query? table<string, any>|string added to the URL
---@field headers? table<string, string|number|string[]>
---@field body? string|async fun(): string? bytes, or a function for each piece
---@field json? any a value, sent as JSON
---@field form? table<string, any> fields, sent as an HTML form
---@field multipart? http.Part[]
---@field upload? string path of a file that is sent
---@field to? string path of a file that gets the body when it is complete
---@field stream? boolean return as soon as the head is there [false]
---@field check? boolean raise when the status is 400 or more [true]
---@field decode? boolean accept and undo compression [true]
---@field max? integer bytes of the body [64 MiB in memory, else no limit]
---@field max_headers? integer bytes of all headers [65536]
---@field timeout? http.Duration of a try as a whole [none]
---@field connect_timeout? http.Duration until connected [30s]
---@field silent_after? http.Duration without a byte [60s; none for streams]
---@field redirects? integer|false how many are followed [10]
---@field retry? integer|http.Retry further tries [0]
---@field progress? async fun(state: http.State) told what has come and gone
---@field user? string
---@field password? string
---@field digest? boolean log in by Digest instead of Basic [false]
---@field bearer? string token
---@field netrc? boolean|string log in as ~/.netrc, or this file, says [false]
---@field cookies? table<string, string> sent beside those of the session
---@field user_agent? string
---@field proxy? string|false its URL; false for none [environment]
---@field no_proxy? string hosts without proxy, with commas [environment]
---@field unix? string path of a Unix socket to connect to
---@field resolve? table<string, string> "HOST:PORT" -> address
---@field family? 4|6 only this version of IP
---@field version? "1.0"|"1.1"|"2"|"2 only" of HTTP ["2" over TLS, else "1.1"]
---@field ca? string file of certificates to trust [the system's]
---@field cert? string file of our certificate
---@field key? string file of its key
---@field key_password? string
---@field pin? string "sha256//BASE64" of the server's public key; more with ";"
---@field tls_min? "1.2"|"1.3" ["1.2"]
---@field verify? boolean check the server's certificate [true]

---@class http.SessionOptions: http.Options
---@field base? string what URLs without a host begin with
---@field cookies? boolean|string keep cookies; or the file they are kept in
---@field per_host? integer connections to one host [64]

---@class http.Response
---@field status integer
---@field ok boolean the status is 200 to 299
---@field headers table<string, string> names in any case; several with ", "
---@field head string status line and headers as they came
---@field body? string unless it went to a file
---@field received? integer bytes of the body, if it went to a file
---@field url string where redirects led, without secrets
---@field redirects integer how many were followed
---@field tries integer
---@field ms integer how long the last try took
local Response = {}

--- How far a request is, in bytes.
---@class http.State
---@field received integer
---@field sent integer
---@field total? integer announced by the server
---@field upload_total? integer

--- Waits for a response. Raises what goes wrong: see docs/modules/http.md for
--- the reasons. Cancelling the task closes the connection.
---@async
---@param url string|http.Options
---@param options? http.Options
---@return http.Response|http.Stream
function http.request(url, options) end

--- Waits for the response to a GET.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function http.get(url, options) end

--- Waits for the response to a HEAD, which has no body.
---@async
---@param url string
---@param options? http.Options
---@return http.Response
function http.head(url, options) end

--- Waits for the response to a POST.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function http.post(url, options) end

--- Waits for the response to a PUT.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function http.put(url, options) end

--- Waits for the response to a PATCH.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function http.patch(url, options) end

--- Waits for the response to a DELETE.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function http.delete(url, options) end

--- Waits until every item of `list` was requested, `options.limit` [16] at a
--- time, and returns what `fn(response, item, index)` returned, in the list's
--- order; without `fn` the responses. The first failure stops all, unless
--- `options.errors`: then errors are given instead of responses.
---@param list (string|http.Options)[]
---@param options? {limit: integer?, errors: boolean?}
---@param fn? async fun(response: any, item: any, index: integer): any
---@return any[]
function http.each(list, options, fn) end

--- Returns a session: requests with common options, connections of their own,
--- and cookies if wanted. It has the functions of this module as methods.
---@param options? http.SessionOptions
---@return http.Session
function http.session(options) end

---@class http.Session
local Session = {}

--- Waits for a response.
---@async
---@param url string|http.Options
---@param options? http.Options
---@return http.Response|http.Stream
function Session:request(url, options) end

--- Waits for the response to a GET.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function Session:get(url, options) end

--- Waits for the response to a HEAD.
---@async
---@param url string
---@param options? http.Options
---@return http.Response
function Session:head(url, options) end

--- Waits for the response to a POST.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function Session:post(url, options) end

--- Waits for the response to a PUT.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function Session:put(url, options) end

--- Waits for the response to a PATCH.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function Session:patch(url, options) end

--- Waits for the response to a DELETE.
---@async
---@param url string
---@param options? http.Options
---@return http.Response|http.Stream
function Session:delete(url, options) end

--- Waits until every item of `list` was requested: see http.each.
---@param list (string|http.Options)[]
---@param options? {limit: integer?, errors: boolean?}
---@param fn? async fun(response: any, item: any, index: integer): any
---@return any[]
function Session:each(list, options, fn) end

--- Returns the cookies in the format of a cookie file, a line each. Secrets.
---@return string
function Session:cookies() end

--- Writes the cookies to the session's file.
function Session:save() end

--- Saves the cookies and closes idle connections. `<close>` does the same.
function Session:close() end

--- Returns the value that the body is in JSON.
---@return any
function Response:json() end

--- A response whose body is pulled: back-pressure reaches the server. It also
--- has the fields of a response, but for `body`.
---@class http.Stream: http.Response
local Stream = {}

--- Waits for the next piece of the body, of at most `max` bytes [1 MiB]; nil
--- at its end. Raises when it was cut short.
---@async
---@param max? integer
---@return string?
function Stream:read(max) end

--- Returns an iterator over the lines of the body, without their ends. It
--- waits for each.
---@return async fun(): string?
function Stream:lines() end

--- Returns an iterator over server-sent events: tables with `event`, `data`
--- and, if sent, `id` and `retry`.
---@return async fun(): table?
function Stream:events() end

--- Appends to the request's body, and waits while much is not sent yet.
--- Returns false when the request is over and nobody will read it.
---@async
---@param bytes string
---@return boolean
function Stream:write(bytes) end

--- Ends the request's body.
function Stream:finish() end

--- Waits until status and headers are there. Returns the stream.
---@async
---@return http.Stream
function Stream:wait_head() end

--- Returns how far it is.
---@return http.State
function Stream:state() end

--- Returns an iterator over its states: it waits for each, and ends with the
--- request.
---@return async fun(): http.State?
function Stream:progress() end

--- Waits for the end, and returns the response of a request whose body is not
--- pulled.
---@async
---@return http.Response
function Stream:result() end

--- Ends the request and closes its connection. `<close>` does the same.
function Stream:close() end

return http
