using Akka.Dispatch;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>Opens what a model needs, step by step; what fails is undone and named.</summary>
internal static class ModelOpening
{
    /// <summary>Opens files, lays the image out, and prepares loading. Blocks only on <paramref name="io"/>.</summary>
    /// <exception cref="ModelRefusedException">Why not.</exception>
    public static async Task<ModelServices> OpenAsync(string path, ModelOptions options, ModelSettings settings, ModelMemory memory, MessageDispatcher io)
    {
        GgufModel model = await OpenModelAsync(path).ConfigureAwait(false);
        try
        {
            if (model.Manifest.Layers.Count == 0 || !model.HasTensorData)
                throw new ModelRefusedException(ModelRefusal.NothingToServe,
                    $"{path} has {model.Tensors.Count} tensors, {model.Manifest.Layers.Count} layers and {(model.HasTensorData ? "" : "no ")}tensor data: nothing to serve");
            return await IoTask<ModelServices>.Run(io, () => Prepare(path, model, options, settings, memory)).ConfigureAwait(false);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static async Task<GgufModel> OpenModelAsync(string path)
    {
        try
        {
            return await GgufModel.OpenAsync(path).ConfigureAwait(false);
        }
        catch (GgufFormatException e)
        {
            throw new ModelRefusedException(ModelRefusal.BadFormat, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelRefusedException(ModelRefusal.CannotRead, e.Message, e);
        }
    }

    private static ModelServices Prepare(string path, GgufModel model, ModelOptions options, ModelSettings settings, ModelMemory memory)
    {
        List<IStorage> files = [];
        try
        {
            List<string> decisions = [];
            foreach (GgufFile file in model.Files)
            {
                string decision = "as the options open it";
                files.Add(options.OpenStorage?.Invoke(file.Name, settings.Storage.Options)
                    ?? Storage.Open(file.Name, settings.Storage.Options, out decision));
                decisions.Add($"{file.Name}: {decision}");
            }

            ImageLayout layout = ImageLayout.Create(model.Tensors, model.Manifest.Layers, settings.Image);
            SegmentChecksums? checksums = settings.VerifyChecksums
                ? new SegmentChecksums(layout.Segments, ChecksumTable.LoadBeside(model.Files.Select(f => f.Name)))
                : null;
            SegmentLoader loader = new(layout, model.Tensors, files, checksums, settings.MaxLoads);
            return new ModelServices
            {
                Path = path,
                Settings = settings,
                Model = model,
                Layout = layout,
                Files = files,
                StorageDecisions = decisions,
                Loader = loader,
                Memory = memory,
                Rows = settings.VerifyChecksums && model.TryGetTensor(RowChecksums.TensorName, out TensorInfo? embedding) ? new RowChecksums(embedding) : null,
            };
        }
        catch (Exception e)
        {
            foreach (IStorage file in files) file.Dispose();
            throw e switch
            {
                StorageException => new ModelRefusedException(ModelRefusal.CannotRead, e.Message, e),
                ArgumentException or OverflowException => new ModelRefusedException(ModelRefusal.BadSettings, $"{path}: {e.Message}", e),
                _ => e,
            };
        }
    }
}
