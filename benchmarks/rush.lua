-- Script of wrk. Requests are formatted beforehand, so that each costs the load generator the same:
-- `-- cookie FILE` sends each line as a cookie, `-- post FILE [COOKIE]` posts each line as a form,
-- `-- get` repeats one request, `-- tag ETAG` one conditional request.
-- Prints one line of JSON at the end.
local requests, place = {}, 0

local function headers(more)
  local all = {["Accept-Encoding"] = "gzip, br"}
  for name, value in pairs(wrk.headers) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

function init(args)
  local kind, source, cookie = args[1] or "get", args[2], args[3]
  if kind == "get" then
    requests[1] = wrk.format("GET", nil, headers({}))
  elseif kind == "tag" then
    requests[1] = wrk.format("GET", nil, headers({["If-None-Match"] = source}))
  else
    for line in io.lines(source) do
      if kind == "cookie" then
        requests[#requests + 1] = wrk.format("GET", nil, headers({["Cookie"] = line}))
      else
        local form = {["Cookie"] = cookie, ["Content-Type"] = "application/x-www-form-urlencoded"}
        requests[#requests + 1] = wrk.format("POST", nil, headers(form), line)
      end
    end
    math.randomseed(os.time())
    place = math.random(#requests)
  end
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
