namespace WasmChord.Gguf;

/// <summary>
/// Writes the data of one tensor: exactly its byte length, to <paramref name="destination"/>, in the byte order of the
/// file. Called once each time the tensor is written.
/// </summary>
public delegate ValueTask TensorDataWriter(Stream destination, CancellationToken cancellationToken);
