-- load.lua KIND: "health" asks with GET; "predict" with POST, and every request has other features, so that no cache has its answer.
-- Prints one JSON line at the end. wrk reads it (wrk -s load.lua URL -- KIND).
local predict, turn = false, 0

function init(args)
  predict = args[1] == "predict"
  math.randomseed(os.time())
  turn = math.random(0, 9999)
end

local FEATURES = '{"features":{"requests_per_second":%d,"unique_path_ratio":0.5,"error_ratio":0.1,"mean_body_bytes":%d,' ..
  '"mean_path_length":20,"mean_query_parameters":1,"special_character_ratio":0.1,"path_entropy_bits":3,"post_ratio":0.2,' ..
  '"user_agent_length":80,"header_count":12,"interarrival_variation":1}}'

function request()
  if not predict then return wrk.format("GET") end
  turn = (turn + 1) % 10000
  return wrk.format("POST", nil, { ["content-type"] = "application/json" }, string.format(FEATURES, turn, math.random(0, 10485760)))
end

-- duration and latencies are microseconds; status counts answers other than 2xx and 3xx
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d,"closed":%d}\n', summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.connect + errors.timeout + errors.status, errors.read + errors.write))
end
