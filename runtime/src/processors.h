// How many threads this process may use.
#ifndef GRADC_PROCESSORS_H
#define GRADC_PROCESSORS_H

/// The processors that this process may run on at once, by its affinity and its control group; at least 1.
int gradc_processor_count(void);

#endif
