package locale

// Fault says in words what an error code of an event means, or "" for one that
// is not known. Error texts are free: these are the exception messages of
// TARA-Server as [event.Event.ErrorCode] cuts them, and result codes of the
// Mobile-ID and Smart-ID services and of eIDAS.
func (l *Locale) Fault(code string) string {
	if key := faultKey(code); key != "" {
		return l.T(key)
	}
	return ""
}

func faultKey(code string) string {
	switch code {
	case "USER_CANCEL", "USER_CANCELLED", "USER_REFUSED", "User refused authentication",
		"User cancelled operation from his/her phone.":
		return "fault.userCancelled"
	case "TIMEOUT", "SESSION_TIMEOUT", "EXPIRED_TRANSACTION", "Authentication session timed out",
		"User didn't enter PIN code or communication error.":
		return "fault.timeout"
	case "WRONG_VC":
		return "fault.wrongCode"
	case "CONSENT_DENIED":
		return "fault.noConsent"
	case "NOT_MID_CLIENT", "User is not a MID client or user's certificates are revoked.":
		return "fault.notClient"
	case "HTTP 404", "HTTP 471", "HTTP 472":
		return "fault.noAccount"
	case "DOCUMENT_UNUSABLE", "User document is unusable":
		return "fault.unusable"
	case "PHONE_ABSENT", "Unable to reach phone/SIM card. User needs to check if phone has":
		return "fault.phoneAbsent"
	case "SIM_ERROR", "DELIVERY_ERROR", "Error communicating with the SIM card.",
		"Error communicating with the phone/SIM card.":
		return "fault.phone"
	}
	return certificateFault(code)
}

func certificateFault(code string) string {
	switch code {
	case "CERTIFICATE_REVOKED", "Invalid certificate status <REVOKED> received":
		return "fault.certificateRevoked"
	case "CERTIFICATE_EXPIRED", "User certificate is expired":
		return "fault.certificateExpired"
	case "User certificate is not yet valid":
		return "fault.certificateEarly"
	case "NO_CERTIFICATE", "Unable to find certificate from session":
		return "fault.certificateMissing"
	case "OCSP_UNAVAILABLE", "OCSP validation failed", "Invalid certificate status <UNKNOWN> received":
		return "fault.ocsp"
	case "NODE_UNAVAILABLE", "HTTP 580", "MID service returned internal error that cannot be handled local":
		return "fault.service"
	case "SIGNATURE_HASH_MISMATCH", "HTTP 480", "Integrator-side error with MID integration or configuration":
		return "fault.setup"
	case "INVALID_SIGNATURE":
		return "fault.signature"
	case "INTERNAL_ERROR":
		return "fault.internal"
	}
	return ""
}
