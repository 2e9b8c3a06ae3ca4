package logs

import (
	"bytes"

	"quotawall/sim/trace/scan"
)

// failed is the status of a call of which nothing is known but that it failed.
const failed = 500

// errorStatus is the HTTP status of a named error, or the number that the name
// is. The names and numbers are those of the Bedrock Runtime API reference,
// InvokeModel and Converse, Errors.
func errorStatus(name []byte) int16 {
	if n, fault := scan.Whole(name, 999); fault == scan.Fine && n >= 100 {
		return int16(n)
	}
	if i := bytes.LastIndexAny(name, ".#:"); i >= 0 && i+1 < len(name) { // a namespace before it
		name = name[i+1:]
	}
	switch string(name) {
	case "ThrottlingException", "ModelNotReadyException", "TooManyRequestsException", "Throttling", "RateLimitError", "rate_limit_error":
		return 429
	case "ValidationException", "ServiceQuotaExceededException", "ConflictException", "BadRequestError", "invalid_request_error":
		return 400
	case "AccessDeniedException", "PermissionDeniedError", "permission_error":
		return 403
	case "ResourceNotFoundException", "NotFoundError", "not_found_error":
		return 404
	case "ModelTimeoutException", "timeout", "Timeout", "APITimeoutError":
		return 408
	case "ModelErrorException", "ModelStreamErrorException":
		return 424
	case "ServiceUnavailableException", "ServiceUnavailableError":
		return 503
	case "overloaded_error":
		return 529
	}
	return failed
}

// outcome is the status of a call by a word for how it went; 0 where the word
// says that it went well, or nothing that is known.
func outcome(word []byte) int16 {
	if n, fault := scan.Whole(word, 999); fault == scan.Fine {
		return int16(n)
	}
	switch string(bytes.ToLower(word)) {
	case "", "ok", "success", "succeeded", "successful", "completed", "complete", "unset", "status_code_ok", "status_code_unset",
		"default", "debug", "warning", "info", "true", "none", "null", "nil":
		return 0
	case "throttled", "rate_limited":
		return 429
	case "error", "failure", "failed", "fail", "status_code_error", "false":
		return failed
	}
	if status := errorStatus(word); status != failed {
		return status
	}
	for _, part := range []string{"error", "exception", "fail", "fault", "denied"} {
		if bytes.Contains(bytes.ToLower(word), []byte(part)) {
			return failed
		}
	}
	return 0
}
