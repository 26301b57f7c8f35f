-- Script of wrk. Requests are formatted beforehand, so that each costs the load generator the same:
-- `-- get` repeats one request, `-- tag ETAG` one conditional request, `-- cookie FILE` sends each
-- line as a cookie, `-- post FILE ORIGIN` posts each line as a form of that site; what follows a tab
-- in the line is the address that a proxy says it came from. `-- get-linked N` and
-- `-- cookie-linked N FILE` send N requests, each with another query parameter that no page reads.
-- Prints one line of JSON at the end.
local requests, place = {}, 0

local function format(method, more, path, body)
  local all = {["Accept-Encoding"] = "gzip, br"}
  for name, value in pairs(wrk.headers) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  requests[#requests + 1] = wrk.format(method, path, all, body)
end

local function linked(number)
  return wrk.path .. "?utm_source=" .. number
end

local function lines(file)
  local all = {}
  for line in io.lines(file) do all[#all + 1] = line end
  return all
end

local kinds = {}

function kinds.get()
  format("GET", {})
end

function kinds.tag(etag)
  format("GET", {["If-None-Match"] = etag})
end

function kinds.cookie(file)
  for _, line in ipairs(lines(file)) do format("GET", {["Cookie"] = line}) end
end

function kinds.post(file, origin)
  for _, line in ipairs(lines(file)) do
    local form, client = line:match("^([^\t]*)\t?(.*)$")
    local more = {["Origin"] = origin, ["Content-Type"] = "application/x-www-form-urlencoded"}
    if client ~= "" then more["X-Forwarded-For"] = client end
    format("POST", more, nil, form)
  end
end

kinds["get-linked"] = function(count)
  for number = 1, count do format("GET", {}, linked(number)) end
end

kinds["cookie-linked"] = function(count, file)
  local cookies = lines(file)
  for number = 1, count do
    format("GET", {["Cookie"] = cookies[number % #cookies + 1]}, linked(number))
  end
end

function init(args)
  kinds[args[1]](args[2], args[3])
  math.randomseed(os.time())
  place = math.random(#requests)
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "errors": %d, "refused": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(50), latency:percentile(99)))
end
