/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/ringfence, the ioctls of uapi/ringfence.h
 */
#ifndef RF_DEVICE_H
#define RF_DEVICE_H

/* Make and remove the device. May sleep. Return: 0 or a negative errno. */
int rf_device_init(void);
void rf_device_exit(void);

#endif /* RF_DEVICE_H */
