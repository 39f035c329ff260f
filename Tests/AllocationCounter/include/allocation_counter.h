#ifndef GRADC_ALLOCATION_COUNTER_H
#define GRADC_ALLOCATION_COUNTER_H

/// How often the calling thread has asked for heap memory so far; -1 where that can't be told.
long gradc_allocation_count(void);

#endif
