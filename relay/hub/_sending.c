/* One function: the same bytes to many sockets. relay/hub/sending.py says what for, and has the
   same in Python for where this could not be built. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL /* Python ignores SIGPIPE */
#define MSG_NOSIGNAL 0
#endif

typedef struct {
    Py_ssize_t index;
    Py_ssize_t sent;
} Short;

static ssize_t
send_one(int descriptor, const Py_buffer *data)
{
    ssize_t sent;

    do {
        sent = send(descriptor, data->buf, (size_t)data->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    /* Whatever is wrong, the transport finds it out by itself. */
    return sent < 0 ? 0 : sent;
}

static PyObject *
list_shorts(const Short *shorts, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);

    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *item = Py_BuildValue("(nn)", shorts[i].index, shorts[i].sent);
        if (item == NULL) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, i, item);
    }
    return list;
}

/* Gets what array('i') holds. Other items would pass as the numbers of wrong sockets. */
static int
get_descriptors(PyObject *array, Py_buffer *descriptors)
{
    if (PyObject_GetBuffer(array, descriptors, PyBUF_FORMAT | PyBUF_ND) < 0) {
        return -1;
    }
    if (descriptors->itemsize != (Py_ssize_t)sizeof(int) || descriptors->format == NULL
        || strcmp(descriptors->format, "i") != 0
        || (descriptors->len > 0 && (uintptr_t)descriptors->buf % _Alignof(int) != 0)) {
        PyBuffer_Release(descriptors);
        PyErr_SetString(PyExc_TypeError, "descriptors are to be an array of C ints");
        return -1;
    }
    return 0;
}

static PyObject *
send_all(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer descriptors, data;
    PyObject *array, *result = NULL;
    Short *shorts;
    Py_ssize_t count, short_count = 0;

    if (!PyArg_ParseTuple(args, "Oy*:send_all", &array, &data)) {
        return NULL;
    }
    if (get_descriptors(array, &descriptors) < 0) {
        PyBuffer_Release(&data);
        return NULL;
    }
    count = descriptors.len / (Py_ssize_t)sizeof(int);
    shorts = PyMem_New(Short, (size_t)count);
    if (shorts == NULL) {
        PyErr_NoMemory();
    }
    else {
        const int *numbers = descriptors.buf;
        /* Given back once for all of them: each time it is fetched again may take a while. */
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < count; i++) {
            ssize_t sent = send_one(numbers[i], &data);
            if (sent != data.len) {
                shorts[short_count++] = (Short){i, sent};
            }
        }
        Py_END_ALLOW_THREADS
        result = list_shorts(shorts, short_count);
        PyMem_Free(shorts);
    }
    PyBuffer_Release(&data);
    PyBuffer_Release(&descriptors);
    return result;
}

static PyMethodDef methods[] = {
    {"send_all", send_all, METH_VARARGS, "See relay.hub.sending.send_each."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "relay.hub._sending",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__sending(void)
{
    return PyModuleDef_Init(&module);
}
