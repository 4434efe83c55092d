import {isOgcException} from '../ogc/wire.ts';
import {hasText, type OwnWords} from '../own-words.ts';

/** What Weaver answers: an exception, or what Pyramid makes of one that it has no words for. https://docs.pylonsproject.org/projects/pyramid/en/latest/api/httpexceptions.html */
export const isWeaverException: OwnWords['isOwn'] = body =>
	isOgcException(body) ||
	(hasText(body, 'title') && hasText(body, 'message') && /^\d{3} /.test(String(body.code)));

/** Pyramid's page for the same, which comes where no JSON is asked for. */
export const weaverPage = /The resource could not be found\.\s*<br/;
