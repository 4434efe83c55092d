import {getCACertificates, setDefaultCACertificates} from 'node:tls';

let extended: boolean | undefined;

/**
Trusts the certificate authorities of the system as well, with those in `SSL_CERT_FILE` and `SSL_CERT_DIR`, for all later connections of this thread. Returns whether there were any that Node did not know. It takes tenths of a second, so it is left until a certificate needs it.
*/
export const trustSystem = (): boolean => {
	extended ??= extend();
	return extended;
};

const extend = (): boolean => {
	try {
		const known = new Set(getCACertificates('default'));
		const all = new Set([...known, ...getCACertificates('system')]);
		if (all.size === known.size) return false;
		setDefaultCACertificates([...all]);
		return true;
	} catch {
		// What the system has cannot be read: Node's own remain.
		return false;
	}
};
