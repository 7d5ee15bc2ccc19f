-- What came of a run of wrk, as one line of JSON after wrk's own words. With `requests`, a list that another file
-- defines before this one is run, each request is the next of them, and statuses are counted.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  statuses = {}
  place = 0
  local file = args[1]
  if file then
    local posts = dofile(file)
    prepared = {}
    for index, post in ipairs(posts) do
      prepared[index] = wrk.format("POST", post.path, post.headers, post.body)
    end
    request = function()
      place = place % #prepared + 1
      return prepared[place]
    end
    response = function(status)
      statuses[status] = (statuses[status] or 0) + 1
    end
  end
end

function done(summary, latency)
  local counted = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do
      table.insert(counted, string.format('"%d": %d', status, count))
    end
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "broken": %d, "refused": %d, "statuses": {%s}}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status, table.concat(counted, ", ")
  ))
end
