// How many threads this process may use, and how many it was asked to.
#ifndef GRADC_PROCESSORS_H
#define GRADC_PROCESSORS_H

/// The processors that this process may run on at once, by its affinity and its control group; at least 1.
int gradc_processor_count(void);

/// The number of threads that a text asks for: a decimal integer from 1 on, with spaces around it allowed; 0 if it is
/// anything else. Numbers above the greatest are the greatest.
int gradc_parse_thread_count(const char *text, int greatest);

#endif
