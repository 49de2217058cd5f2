---@meta hash
--- Digests of strings and files, HMAC, and bytes as hexadecimal or base64.
error("definitions for the editor, not a module")

---@class hash
local hash = {}

---@alias hash.Algorithm
---| "blake2b" # fast; of up to 64 bytes, with or without key
---| "sha256"
---| "sha384"
---| "sha512"
---| "sha1" # for old formats: collisions can be made
---| "md5" # for old formats: collisions can be made

---@alias hash.Encoding "hex"|"base64"|"base64url"|"raw"

---@class hash.Options
---@field encoding? hash.Encoding of the digest (default "hex")

---@class hash.Blake2bOptions: hash.Options
---@field size? integer bytes of the digest, 1 to 64 (default 64)
---@field key? string of at most 64 bytes: a keyed digest

---@class hash.FileOptions: hash.Options
---@field algorithm? hash.Algorithm (default "sha256")
---@field hmac? string a key: HMAC of the file

--- Returns the BLAKE2b digest of a string: that of b2sum, unless options say
--- otherwise.
---@param text string
---@param options? hash.Blake2bOptions
---@return string
function hash.blake2b(text, options) end

--- Returns the SHA-256 digest of a string.
---@param text string
---@param options? hash.Options
---@return string
function hash.sha256(text, options) end

--- Returns the SHA-384 digest of a string.
---@param text string
---@param options? hash.Options
---@return string
function hash.sha384(text, options) end

--- Returns the SHA-512 digest of a string.
---@param text string
---@param options? hash.Options
---@return string
function hash.sha512(text, options) end

--- Returns the SHA-1 digest of a string, for formats that want it. Who chooses
--- the text can make two of the same digest.
---@param text string
---@param options? hash.Options
---@return string
function hash.sha1(text, options) end

--- Returns the MD5 digest of a string, for formats that want it. Who chooses
--- the text can make two of the same digest.
---@param text string
---@param options? hash.Options
---@return string
function hash.md5(text, options) end

--- Returns the HMAC (RFC 2104) of a string: only who has the key can make it.
--- Compare it with hash.equal.
---@param algorithm hash.Algorithm
---@param key string
---@param text string
---@param options? hash.Options
---@return string
function hash.hmac(algorithm, key, text, options) end

--- Waits until a file is read on another thread, a piece at a time. Returns its
--- digest and its length. Raises `not_found`, `io`, or `invalid` for what is no
--- regular file.
---@async
---@param path string
---@param options? hash.FileOptions
---@return string digest
---@return integer length
function hash.file(path, options) end

--- Returns a digest that is not finished: pieces can be added.
---@param algorithm hash.Algorithm
---@param options? hash.Blake2bOptions
---@return hash.Digest
function hash.new(algorithm, options) end

--- Returns whether two strings are the same, in a time that does not tell where
--- they differ.
---@param left string
---@param right string
---@return boolean
function hash.equal(left, right) end

--- Returns bytes as text.
---@param bytes string
---@param encoding hash.Encoding "base64url" has no "=" at its end
---@return string
function hash.encode(bytes, encoding) end

--- Returns the bytes of a text. Both alphabets of base64 are read; blanks and
--- line ends are passed over, "=" may be missing. Raises `invalid`.
---@param text string
---@param encoding hash.Encoding not "raw"
---@return string
function hash.decode(text, encoding) end

---@class hash.Digest
local Digest = {}

--- Adds a piece. Returns the digest itself.
---@param text string
---@return hash.Digest
function Digest:add(text) end

--- Returns the digest of all pieces. Nothing can be added afterwards.
---@return string
function Digest:finish() end

return hash
