-- Requests that differ: `-- cookie FILE` sends each line as a cookie, `-- post FILE COOKIE` posts each
-- line as a form, `-- get` asks for the same thing, `-- tag ETAG` for what one has already.
-- One line of JSON at the end.
local lines, kind, cookie, place = {}, "get", nil, 0

function init(args)
  kind, cookie = args[1] or "get", args[3]
  wrk.headers["Accept-Encoding"] = "gzip, br"
  if kind == "tag" then
    wrk.headers["If-None-Match"], kind = args[2], "get"
  elseif args[2] then
    for line in io.lines(args[2]) do lines[#lines + 1] = line end
    math.randomseed(os.time())
    place = math.random(#lines)
  end
end

function request()
  if kind == "get" then return wrk.format() end
  place = place % #lines + 1
  local headers = {["Accept-Encoding"] = "gzip, br", ["Host"] = wrk.headers["Host"]}
  if wrk.headers["Connection"] then headers["Connection"] = wrk.headers["Connection"] end
  if kind == "cookie" then
    headers["Cookie"] = lines[place]
    return wrk.format("GET", nil, headers)
  end
  headers["Cookie"] = cookie
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format("POST", nil, headers, lines[place])
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "errors": %d, "refused": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(50), latency:percentile(99)))
end
